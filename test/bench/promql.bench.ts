import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runScript, type Tally } from '../support/promql-conformance.ts';
import { type Benchmark, UsageError } from './support/benchmark.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'shared', 'conformance', 'promql');
const FAILURES_SHOWN = 20;

/** Prometheus' own test scripts, each evaluation passed, failed, or out of scope with its reason. */
export const benchmark: Benchmark = {
  about: "Prometheus' own test scripts of PromQL, evaluated here",
  options: {
    data: { kind: 'path', about: 'a folder of *.test scripts instead of those beside the project' },
  },
  async run(options, say) {
    const folder = options.path('data') ?? FOLDER;
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.test')) : [];
    if (files.length === 0)
      throw new UsageError(`There are no *.test scripts in ${folder}. Name a folder by --data.`);
    const total: Tally = { passed: 0, failed: [], outOfScope: new Map() };
    for (const name of files) {
      const before = { passed: total.passed, failed: total.failed.length };
      const skippedBefore = skippedOf(total);
      runScript(name, readFileSync(join(folder, name), 'utf8'), total);
      say(
        `${name}: ${total.passed - before.passed} passed, ${total.failed.length - before.failed} failed, ${skippedOf(total) - skippedBefore} out of scope`,
      );
    }
    const failed = total.failed.length;
    const inScope = total.passed + failed;
    return {
      figures: [
        { name: 'passed', label: 'evaluations passed', value: total.passed, unit: '' },
        { name: 'failed', label: 'evaluations failed', value: failed, unit: '' },
        {
          name: 'failedPercent',
          label: 'failed, of those in scope',
          value: inScope === 0 ? null : (failed / inScope) * 100,
          unit: '%',
          atMost: 5,
        },
        { name: 'outOfScope', label: 'evaluations out of scope', value: skippedOf(total), unit: '' },
      ],
      notes: [
        ...Array.from(total.outOfScope, ([reason, count]) => `out of scope, ${count} ×: ${reason}`).sort(),
        ...total.failed.slice(0, FAILURES_SHOWN),
      ],
    };
  },
};

function skippedOf({ outOfScope }: Tally): number {
  return Array.from(outOfScope.values()).reduce((a, b) => a + b, 0);
}
