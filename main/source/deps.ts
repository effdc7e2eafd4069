import type { Result } from '../../shared/error/result.ts';
import type { Clock, Logger } from '../platform/index.ts';
import type { HttpClient, HttpClientOptions } from './http/client.ts';
import type { SecretReader } from './http/credentials.ts';
import type { AnswerJob, Opened } from './prometheus/answer.ts';

/** What every source needs of its surroundings. */
export interface SourceDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** 0 to 1; jitter of the back-off. */
  readonly random: () => number;
  readonly readSecret: SecretReader;
  /** The time of sockets. Real by default, also where the pipeline's clock is not: a network does not wait for it. */
  readonly networkClock?: Clock;
  /** Opens large bodies in a thread; absent: all are opened here. */
  readonly openElsewhere?: (job: AnswerJob) => Promise<Result<Opened, string>>;
  readonly openHttp?: (options: HttpClientOptions) => HttpClient;
}
