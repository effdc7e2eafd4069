import { abuseReceiver, type TinyAnswers } from '../support/abuse-run.ts';
import { startReceiverProcess } from '../support/receiver-process.ts';
import type { Benchmark, Figure, Measured, Options } from './support/benchmark.ts';

const ANSWER_MAX_MS = 100;
const GROWTH_MAX_MB = 64 * 1.048576;

export const benchmark: Benchmark = {
  about: 'hostile senders at the receivers while an honest one goes on: answers, memory, nothing lost',
  options: {
    tiny: { kind: 'number', about: 'tiny requests', default: 1_000_000, min: 1_000, max: 10_000_000 },
    silent: {
      kind: 'number',
      about: 'connections that say nothing or drip',
      default: 2_000,
      min: 10,
      max: 20_000,
    },
    held: { kind: 'number', about: 'bodies that are begun and held back', default: 300, min: 10, max: 5_000 },
  },
  run,
};

async function run(options: Options, say: (text: string) => void): Promise<Measured> {
  const receiver = await startReceiverProcess();
  try {
    const report = await abuseReceiver(
      receiver,
      { tiny: options.number('tiny'), silent: options.number('silent'), held: options.number('held') },
      say,
    );
    const { answers, tinyUnknown, tinyKnown, held, honest } = report;
    const slowest = answers.toSorted((a, b) => b.tookMs - a.tookMs)[0];
    const wrong = answers.filter((one) => !one.allowed);
    return {
      figures: [
        { name: 'kinds', label: 'kinds of abuse', value: answers.length, unit: '' },
        {
          name: 'wrongAnswers',
          label: '  of them answered otherwise than by their refusal',
          value: wrong.length,
          unit: '',
          atMost: 0,
        },
        {
          name: 'slowestMs',
          label: `  slowest answer (${slowest?.name ?? 'none'})`,
          value: slowest?.tookMs ?? null,
          unit: 'ms',
          atMost: ANSWER_MAX_MS,
        },
        ...tinyFigures('tinyUnknown', 'tiny requests without a known token', tinyUnknown),
        ...tinyFigures('tinyKnown', 'tiny requests with one', tinyKnown),
        {
          name: 'heldOtherwise',
          label: 'held bodies answered otherwise than 408 or 503',
          value: held.filter((status) => status !== 408 && status !== 503).length,
          unit: '',
          atMost: 0,
        },
        {
          name: 'growthMB',
          label: 'growth of memory at most (PSS)',
          value: report.growthBytes / 1e6,
          unit: 'MB',
          atMost: GROWTH_MAX_MB,
        },
        {
          name: 'honestRequests',
          label: 'requests of the honest sender that were answered 2xx',
          value: honest.answered,
          unit: '',
        },
        { name: 'honestLost', label: '  of them not in the store', value: honest.lost, unit: '', atMost: 0 },
        {
          name: 'honestToldToWait',
          label: '  beside them told to send again',
          value: honest.toldToWait,
          unit: '',
        },
        { name: 'honestP99Ms', label: '  its answers, p99', value: honest.p99Ms, unit: 'ms' },
        { name: 'honestMaxMs', label: '  its slowest answer', value: honest.maxMs, unit: 'ms' },
      ],
      notes: [
        'Answers are timed from the last byte that was sent; of tiny requests, 64 at once, with what the sender itself takes.',
        ...wrong.map((one) => `${one.name}: answered ${one.statuses.join(', ')}`),
      ],
    };
  } finally {
    await receiver.stop();
  }
}

function tinyFigures(
  name: string,
  label: string,
  { requests, statuses, p50Ms, p99Ms }: TinyAnswers,
): Figure[] {
  return [
    {
      name: `${name}Unanswered`,
      label: `${requests} ${label}: without an answer`,
      value: statuses[0] ?? 0,
      unit: '',
      atMost: requests / 1_000,
    },
    { name: `${name}P50Ms`, label: `  p50 (${Object.keys(statuses).join(', ')})`, value: p50Ms, unit: 'ms' },
    { name: `${name}P99Ms`, label: '  p99', value: p99Ms, unit: 'ms', atMost: ANSWER_MAX_MS },
  ];
}
