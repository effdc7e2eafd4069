import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runScript, type Tally } from '../../support/promql-conformance.ts';

const FOLDER = new URL('../../../../shared/conformance/promql/', import.meta.url);
const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.test')) : [];

describe.skipIf(files.length === 0)("Prometheus' own scripts", () => {
  const total: Tally = { passed: 0, failed: [], outOfScope: new Map() };

  it.each(files)('%s answers as Prometheus does, where it is in the subset', (name) => {
    const tally: Tally = { passed: 0, failed: [], outOfScope: new Map() };
    runScript(name, readFileSync(new URL(name, FOLDER), 'utf8'), tally);
    total.passed += tally.passed;
    for (const [reason, count] of tally.outOfScope)
      total.outOfScope.set(reason, (total.outOfScope.get(reason) ?? 0) + count);
    const skipped = Array.from(tally.outOfScope.values()).reduce((a, b) => a + b, 0);
    console.log(`${name}: ${tally.passed} passed, ${tally.failed.length} failed, ${skipped} out of scope`);
    expect(tally.failed.join('\n')).toBe('');
    expect(tally.passed).toBeGreaterThan(0);
  });

  it('names what is out of scope', () => {
    const reasons = Array.from(total.outOfScope, ([reason, count]) => `  ${count} × ${reason}`);
    console.log(`passed ${total.passed}; out of scope:\n${reasons.sort().join('\n')}`);
    // What is reached today: a question that falls out of the subset by mistake shows here.
    expect(total.passed).toBeGreaterThanOrEqual(449);
  });
});

if (files.length === 0) console.log(`SKIPPED: Prometheus' scripts are not at ${FOLDER.pathname}.`);
