import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { repeat } from '../../../main/platform/index.ts';
import { MaintenanceConfig } from '../../../shared/config/maintenance.ts';
import type { Delivery } from '../../../shared/model/notification.ts';
import type { Replay } from '../../../shared/model/replay.ts';
import { loadSeries } from '../../support/load-notation.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { replayTrial } from '../../support/replaying.ts';
import type { Script } from '../../support/scenario/language.ts';
import { parseScenario } from '../../support/scenario/parse.ts';
import { createWorld } from '../../support/scenario/world.ts';

/** Scripts in which nobody does anything: what is said follows from the samples alone. */
const SCRIPTS = [
  'causal-cycle',
  'causal-suppression',
  'causal-tie',
  'deferred-and-over',
  'deferred-is-no-cause',
  'deferred-over-the-limit',
  'detector-persistence',
  'maintenance-window',
  'page-correction',
  'page-fires-and-resolves',
  'rate-limit-summary',
  'resolve-threshold',
  'storm',
  'target-down-one-alert',
  'watchdog',
  'when-there-is-traffic',
];

const DETECTOR_STEP_MS = 5_000;

function read(name: string): Script {
  const file = new URL(`../../scenario/${name}.scenario`, import.meta.url);
  return parseScenario(`${name}.scenario`, readFileSync(file, 'utf8'));
}

/** What people were told, without the severity of an incident, which no replay opens. */
function said(title: string, receiver: string, isOver: boolean): string {
  return `${isOver ? 'over' : 'fires'} ${receiver}: ${title.replace(/^SEV-\d /, '')}`;
}

async function live({ setup, steps }: Script): Promise<string[]> {
  const world = await createWorld(setup);
  const keep = (thrown: unknown) => {
    throw thrown;
  };
  const { clock } = world;
  const stops = [
    repeat({ clock, periodMs: setup.pollMs, phase: 0, task: () => world.poll(), onError: keep }),
    repeat({ clock, periodMs: setup.tickMs, phase: 1, task: () => world.tick(), onError: keep }),
  ];
  await clock.advanceTo(world.startAt + lengthOf(steps));
  for (const stop of stops) stop();
  const told = world.told.map((one: Delivery) => said(one.page.title, one.receiver, one.page.resolved));
  await world.end();
  return told.sort();
}

function lengthOf(steps: Script['steps']): number {
  return Math.max(...steps.map((step) => step.untilMs));
}

async function again({ setup, steps }: Script, asked = false): Promise<Replay> {
  const { writer, reader } = createMemorySamples();
  for (const { lines, stepMs, fromMs } of setup.loads)
    loadSeries(writer, lines, stepMs, setup.startAt + fromMs);
  const world = await createWorld(setup);
  await world.end();
  const local = (ms: number) => new Date(setup.startAt + ms).toISOString().slice(0, 16);
  return replayTrial({
    reader,
    asked,
    fromAt: setup.startAt,
    toAt: setup.startAt + lengthOf(steps),
    stepMs: setup.pollMs,
    detectorStepMs: Math.max(DETECTOR_STEP_MS, setup.pollMs),
    objectives: setup.objectives,
    rules: setup.rules,
    detectors: setup.detectors,
    services: setup.services,
    routing: world.routing,
    maintenance: setup.maintenance.map(({ config, onceMs, definedAt }) => ({
      config: MaintenanceConfig.parse(
        onceMs ? { ...config, from: local(onceMs[0]), to: local(onceMs[1]) } : config,
      ),
      definedAt,
    })),
  });
}

function toldBy(replay: Replay): string[] {
  return replay.notices
    .map(({ title, receivers, kind }) => said(title, receivers.join(', '), kind === 'over'))
    .sort();
}

describe('a replay of a script tells what the live pipeline told', () => {
  it.each(SCRIPTS)('%s', async (name) => {
    const script = read(name);
    expect(toldBy(await again(script))).toEqual(await live(script));
  });

  it('also where the counts are asked of a source, with a page that waits for the morning', async () => {
    const script = read('deferred-over-the-limit');
    expect(toldBy(await again(script, true))).toEqual(await live(script));
  });
});
