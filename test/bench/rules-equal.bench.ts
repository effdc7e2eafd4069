import { seededRandom } from '../../main/statistics/index.ts';
import { compareWithPromtool, promtoolMissing, randomCase } from '../support/rules-equal.ts';
import { type Benchmark, type Measured, type Options, UsageError } from './support/benchmark.ts';

export const benchmark: Benchmark = {
  about: 'exported Prometheus rules against the engine: do they fire and resolve at the same evaluations',
  options: {
    objectives: { kind: 'number', about: 'random objectives a round', default: 8, min: 1, max: 200 },
    rounds: { kind: 'number', about: 'rounds, each a run of promtool', default: 3, min: 1, max: 100 },
    minutes: {
      kind: 'number',
      about: 'minutes of samples in each round',
      default: 1_500,
      min: 30,
      max: 10_000,
    },
    step: { kind: 'number', about: 'minutes between evaluations', default: 3, min: 1, max: 15 },
  },
  run,
};

async function run(options: Options, say: (text: string) => void): Promise<Measured> {
  const missing = promtoolMissing();
  if (missing) throw new UsageError(`${missing}: without it nothing can be compared.`);
  const random = seededRandom(options.seed);
  let evaluations = 0;
  let fired = 0;
  const differences: string[] = [];
  for (let round = 0; round < options.number('rounds'); round += 1) {
    const minutes = options.number('minutes');
    const cases = Array.from({ length: options.number('objectives') }, (_one, at) =>
      randomCase(random, `o${at}`, minutes),
    );
    const outcome = compareWithPromtool(cases, minutes, options.number('step'));
    evaluations += outcome.evaluations;
    fired += outcome.fired;
    differences.push(...outcome.differences);
    say(`round ${round + 1}: ${outcome.evaluations} evaluations, ${outcome.differences.length} differ`);
  }
  const share = evaluations === 0 ? 1 : differences.length / evaluations;
  return {
    figures: [
      { name: 'evaluations', label: 'evaluations compared', value: evaluations, unit: '' },
      { name: 'firing', label: 'of them with a firing alert', value: fired, unit: '' },
      { name: 'differing_share', label: 'evaluations that differ', value: share, unit: '', atMost: 0 },
    ],
    notes: differences.slice(0, 5),
  };
}
