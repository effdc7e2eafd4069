import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../support/scenario/parse.ts';
import { runScenario } from '../support/scenario/run.ts';

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.scenario'));

describe('scenarios', () => {
  it.each(files)('%s', async (name) => {
    await runScenario(name, readFileSync(join(import.meta.dirname, name), 'utf8'));
  });

  it('are all there', () => {
    expect(files.length).toBeGreaterThanOrEqual(18);
  });
});

describe('the language of scenarios', () => {
  const QUIET = 'load 15s\n  up 1x40\nrule down service api priority P1 expr up < 1\n';

  it('names the file and the line where something is not as it says', async () => {
    const script = `${QUIET}at 1m expect alert down firing\n`;
    await expect(runScenario('own.scenario', script)).rejects.toThrow(
      /^own\.scenario:4: at 1 m, it is not so: there is no alert down/,
    );
  });

  it('names the file and the line that it cannot read', () => {
    expect(() => parseScenario('own.scenario', `${QUIET}at 1m expect alert down burning`)).toThrow(
      /^own\.scenario:4: "burning" is not understood/,
    );
    expect(() => parseScenario('own.scenario', '\n# a comment\nat soon restart')).toThrow(
      /^own\.scenario:3: expected a duration/,
    );
    expect(() => parseScenario('own.scenario', 'at 5m restart\nat 4m restart')).toThrow(/:2: steps must/);
  });

  it('holds an expectation with a span after every poll in it', async () => {
    const broken = 'load 15s\n  up 1x10 0x1 1x20\nrule down service api expr up < 1\n';
    const script = `${broken}from 0m to 6m expect no alert\n`;
    await expect(runScenario('own.scenario', script)).rejects.toThrow(/^own\.scenario:4: at 2 m 45 s/);
  });

  it('tells of a notification that nobody expected', async () => {
    const broken = 'load 15s\n  up 0x40\nrule down service api priority P0 expr up < 1\n';
    await expect(runScenario('own.scenario', `${broken}at 1m expect no notification`)).rejects.toThrow(
      /somebody was told: on_call_engineer, backup_engineer, incident_commander: P0 loud/,
    );
  });
});
