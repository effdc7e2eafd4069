import { repeat } from '../../../main/platform/index.ts';
import { parseMatchers } from '../../../shared/model/matcher.ts';
import { silenceState } from '../../../shared/model/silence.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { whyNot } from './expect.ts';
import type { Action, Script, Step } from './language.ts';
import { parseScenario } from './parse.ts';
import { ScriptError } from './words.ts';
import { createWorld, type World } from './world.ts';

/** Reads one script and runs it to its end. */
export async function runScenario(file: string, text: string): Promise<void> {
  await playScript(parseScenario(file, text));
}

/** Runs one script to its end; throws with `file:line` at the first thing that is not as it says. */
export async function playScript(script: Script): Promise<void> {
  const world = await createWorld(script.setup);
  const watched: Step[] = [];
  const failures: Error[] = [];
  const polled = async () => {
    await world.poll();
    const now = world.clock.now() - world.startAt;
    for (const step of watched) if (step.atMs <= now && now <= step.untilMs) await check(script, step, world);
  };
  const keep = (thrown: unknown) => {
    failures.push(thrown instanceof Error ? thrown : new Error(String(thrown)));
  };
  const { clock } = world;
  // The real schedule, so that sleep makes of many missed polls one that is late.
  const stops = [
    repeat({ clock, periodMs: script.setup.pollMs, phase: 0, task: polled, onError: keep }),
    repeat({ clock, periodMs: script.setup.tickMs, phase: 1, task: () => world.tick(), onError: keep }),
  ];
  try {
    watched.push(...script.steps.filter((step) => step.untilMs > step.atMs));
    for (const step of script.steps) {
      await clock.advanceTo(world.startAt + step.atMs);
      if (failures[0]) throw failures[0];
      if (step.untilMs === step.atMs) await take(script, step, world);
    }
    await clock.advanceTo(world.startAt + Math.max(0, ...script.steps.map((step) => step.untilMs)));
    if (failures[0]) throw failures[0];
  } finally {
    for (const stop of stops) stop();
    await world.end();
  }
}

async function take(script: Script, step: Step, world: World): Promise<void> {
  if (step.what.kind === 'expect') return check(script, step, world);
  try {
    await act(step.what.action, world);
  } catch (thrown) {
    throw new ScriptError(script.file, step.line, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

async function check(script: Script, step: Step, world: World): Promise<void> {
  if (step.what.kind !== 'expect') return;
  const problem = await whyNot(step.what.expectation, world);
  if (problem === null) return;
  const at = formatDuration(world.clock.now() - world.startAt);
  throw new ScriptError(script.file, step.line, `at ${at}, it is not so: ${problem}`);
}

async function act(action: Action, world: World): Promise<void> {
  const { setup, clock } = world;
  switch (action.kind) {
    case 'acknowledge':
      return acknowledge(action, world);
    case 'rearm':
    case 'escalate':
      return ask(action, world);
    case 'restart':
      return world.restart();
    case 'silence':
    case 'renew':
    case 'expire':
      return quiet(action, world);
    case 'note': {
      const incident = world.life.incidents.list()[0];
      if (!incident) throw new Error('there is no incident to write on');
      await world.life.incidents.addNote(incident.id, action.by, action.text);
      return world.settle();
    }
    case 'worker':
      return world.life[action.worker].setAlive(action.alive);
    case 'sleep':
    case 'clock':
      return clock.setBy(action.durationMs);
    case 'stop':
      return clock.jump(action.durationMs);
    case 'source':
      world.sourceState = action.state;
      return;
    case 'change': {
      const { service, from, to } = action;
      const change = { at: clock.now(), service, what: `${service} ${from} → ${to}`, from, to };
      await world.life.pipeline.changed('deployments', [change]);
      return world.settle();
    }
    case 'report':
      return report(action, world);
    case 'remove': {
      const all: { readonly id: string }[] = setup[`${action.what}s`];
      const id = action.what === 'rule' ? `scenario/${action.name}` : action.name;
      const index = all.findIndex((one) => one.id === id);
      if (index < 0) throw new Error(`there is no ${action.what} ${action.name}`);
      all.splice(index, 1);
      return world.reload();
    }
    case 'reload':
      return world.reload();
  }
}

async function report(action: Extract<Action, { kind: 'report' }>, world: World): Promise<void> {
  const { source, way, alert } = action;
  const status = way === 'ends' ? 'resolved' : 'firing';
  const startsAt = world.startAt;
  const alerts = alert
    ? [{ labels: alert, annotations: {}, status, startsAt, endsAt: null, generatorUrl: null } as const]
    : [];
  await world.life.pipeline.reported({ sourceId: source, alerts, whole: way === 'lists' });
  await world.settle();
}

/** As the requests of the window do it. */
async function quiet(
  action: Extract<Action, { kind: 'silence' | 'renew' | 'expire' }>,
  world: World,
): Promise<void> {
  const { silences, changed } = world.life;
  const now = world.clock.now();
  const newest = silences.list().findLast((one) => silenceState(one, now) !== 'expired')?.id ?? 'none';
  if (action.kind === 'silence') {
    const matchers = parseMatchers(action.matchers);
    if (!matchers.ok) throw new Error(matchers.error);
    const { by: author, comment, durationMs } = action;
    const wish = { author, comment, startsAt: null, endsAt: now + durationMs, origin: null };
    await changed(await silences.create({ ...wish, matchers: matchers.value }), 'Silenced', author);
  } else if (action.kind === 'renew') {
    await changed(
      await silences.renew(newest, now + action.durationMs, action.by),
      'Silence renewed',
      action.by,
    );
  } else await changed(await silences.expire(newest, action.by), 'Silence ended', action.by);
  await world.settle();
}

async function ask(
  { kind, alert: name, by, why }: Extract<Action, { kind: 'rearm' | 'escalate' }>,
  world: World,
): Promise<void> {
  const { people } = world.life.pipeline;
  const alertId = alertNamed(name, world).id;
  if (kind === 'rearm') await people.rearm(alertId, by, why);
  else await people.escalate(alertId, by, why);
  await world.settle();
}

function alertNamed(name: string, world: World) {
  const alert = world.life.alerts.list().find((one) => one.ruleId.endsWith(name));
  if (!alert) throw new Error(`there is no alert ${name}`);
  return alert;
}

async function acknowledge(action: Extract<Action, { kind: 'acknowledge' }>, world: World): Promise<void> {
  const { incidents, pipeline } = world.life;
  if (action.target.kind === 'incident') {
    const incident = incidents.list()[0];
    if (!incident) throw new Error('there is no incident to acknowledge');
    await pipeline.people.acknowledgeIncident(incident.id, action.by);
  } else {
    await pipeline.people.acknowledgeAlert(alertNamed(action.target.name, world).id, action.by);
  }
  await world.settle();
}
