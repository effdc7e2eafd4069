import { serveWorker, Transfer } from '../../main/platform/index.ts';
import { CodedError } from '../../shared/error/coded.ts';

const echo = {
  say: (text: string) => `you said ${text}`,
  double: (values: Float64Array) => {
    const answer = values.map((value) => value * 2);
    return new Transfer(answer, [answer.buffer]);
  },
  refuse: () => {
    throw new CodedError('refused', 'It was refused.', { details: { limit: 3 }, retryable: true });
  },
  hang: () => new Promise<string>(() => undefined),
  die: () => {
    setImmediate(() => {
      throw new Error('the disk is gone');
    });
    return new Promise<string>(() => undefined);
  },
  initial: () => initial,
};
let initial = '';

export type EchoApi = typeof echo;

serveWorker((init: { text: string }) => {
  initial = init.text;
  return echo;
});
