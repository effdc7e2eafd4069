import type { Clock, Logger } from '../platform/index.ts';
import type { HttpClient, HttpClientOptions } from './http/client.ts';
import type { SecretReader } from './http/credentials.ts';

/** What every source needs of its surroundings. */
export interface SourceDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** 0 to 1; jitter of the back-off. */
  readonly random: () => number;
  readonly readSecret: SecretReader;
  /** The time of sockets. Real by default, also where the pipeline's clock is not: a network does not wait for it. */
  readonly networkClock?: Clock;
  readonly openHttp?: (options: HttpClientOptions) => HttpClient;
}
