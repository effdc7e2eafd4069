import type { Alert } from '../../../shared/model/alert.ts';
import type { Incident } from '../../../shared/model/incident.ts';
import type { Delivery } from '../../../shared/model/notification.ts';
import { causesText } from '../../../shared/model/watch.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import type { Expectation, Words } from './language.ts';
import { SOURCE } from './parse.ts';
import type { World } from './world.ts';

/** Null where it is so; otherwise what is there instead. */
export async function whyNot(expectation: Expectation, world: World): Promise<string | null> {
  const { alerts, incidents, pipeline, detectors } = world.life;
  switch (expectation.kind) {
    case 'alert':
      return alertIs(expectation, world);
    case 'no-alert': {
      const named = alertsOf(world, expectation.name).filter((one) =>
        isActive(one, expectation.name !== null),
      );
      return named.length === 0 ? null : `there is ${named.map(describe).join(' and ')}`;
    }
    case 'alerts': {
      const firing = alerts.list().filter((one) => isActive(one, false));
      return firing.length === expectation.count ? null : counted(firing.length, firing.map(describe));
    }
    case 'verdict': {
      const alert = alertsOf(world, expectation.name)[0];
      if (!alert) return noAlert(world, expectation.name);
      const all = await alerts.verdicts(alert.id);
      const fits = all.some(
        (one) =>
          one.stage === expectation.stage &&
          (expectation.outcome === null || one.outcome === expectation.outcome) &&
          missing(expectation.words, one.reason) === null,
      );
      return fits
        ? null
        : `its verdicts are\n${all.map((one) => `  ${one.stage} ${one.outcome}: ${one.reason}`).join('\n')}`;
    }
    case 'objective': {
      const status = pipeline.status(expectation.name);
      if (!status) return `there is no objective ${expectation.name}`;
      const problem =
        status.state === expectation.state ? missing(expectation.words, status.reason) : 'another state';
      return problem && `${problem}: ${status.state}, ${status.reason}`;
    }
    case 'detector': {
      const status = detectors.get(expectation.name);
      if (!status) return `there is no detector ${expectation.name}`;
      const problem =
        status.state === expectation.state ? missing(expectation.words, status.reason) : 'another state';
      return problem && `${problem}: ${status.state}, ${status.reason}`;
    }
    case 'incident':
      return incidentIs(expectation, incidents.list());
    case 'incidents': {
      const open = incidents.list();
      return open.length === expectation.count ? null : counted(open.length, open.map(describeIncident));
    }
    case 'timeline':
      return timelineSays(expectation, world);
    case 'notification':
      return takeNotification(expectation, world.told);
    case 'gap':
      return gapIs(expectation, world);
    case 'no-notification':
      return world.told.length === 0
        ? null
        : `somebody was told: ${world.told.map(describeTold).join(' | ')}`;
  }
}

function gapIs(expectation: Extract<Expectation, { kind: 'gap' }>, world: World): string | null {
  const now = world.clock.now();
  const gaps = world.ledger.unwatched(SOURCE, world.startAt, now);
  const said = gaps.map(
    (one) =>
      `${formatDuration(one.toAt - one.fromAt)} ${one.filledAt === null ? 'open' : 'backfilled'}: ${causesText(one.causes)}. ${(one.found ?? []).join(' ')}`,
  );
  const fits = gaps.some(
    (one, index) =>
      Math.abs(one.toAt - one.fromAt - expectation.lengthMs) <= 2 * world.setup.pollMs &&
      (expectation.filled === null || expectation.filled === (one.filledAt !== null)) &&
      missing(expectation.words, said[index] ?? '') === null,
  );
  return fits ? null : `the gaps are ${said.join(' | ') || 'none'}`;
}

/** The name that a script gives to what an alert belongs to. */
function nameOf(alert: Alert): string {
  return alert.ruleId.replace(/^(scenario\/|objective\/|detector\/|source:)/, '');
}

function alertsOf(world: World, name: string | null): Alert[] {
  const all = world.life.alerts.list();
  return name === null ? [...all] : all.filter((one) => nameOf(one) === name);
}

/** Somebody must know of it; where `pending` counts too, it is on its way. */
function isActive(alert: Alert, pending: boolean): boolean {
  return ['firing', 'no_data', 'error', ...(pending ? ['pending'] : [])].includes(alert.phase);
}

type Of<Kind extends Expectation['kind']> = Extract<Expectation, { kind: Kind }>;

function alertIs(
  { name, phase, priority, acknowledged, held, words }: Of<'alert'>,
  world: World,
): string | null {
  const named = alertsOf(world, name);
  if (named.length === 0) return noAlert(world, name);
  const fits = named.some(
    (one) =>
      (phase === null || one.phase === phase) &&
      (priority === null || one.priority === priority) &&
      (acknowledged === null || (one.acknowledgement !== null) === acknowledged) &&
      (held === null || (one.memory?.hold?.stage ?? 'audible') === held) &&
      missing(words, one.reason) === null,
  );
  return fits ? null : `it is ${named.map(describe).join(' and ')}`;
}

function noAlert(world: World, name: string): string {
  const others = world.life.alerts.list().map(describe).join(' and ');
  return `there is no alert ${name}${others ? `, only ${others}` : ''}`;
}

function incidentIs(
  { severity, phase, services, words }: Of<'incident'>,
  all: readonly Incident[],
): string | null {
  if (all.length === 0) return 'there is no incident';
  const fits = all.some(
    (one) =>
      (severity === null || one.severity === severity) &&
      (phase === null || one.phase === phase) &&
      (services === null || [...services].sort().join() === [...one.services].sort().join()) &&
      missing(words, `${one.title}. ${one.suggestion.arithmetic}`) === null,
  );
  return fits ? null : `there is ${all.map(describeIncident).join(' and ')}`;
}

async function timelineSays({ words, times }: Of<'timeline'>, world: World): Promise<string | null> {
  const lines: string[] = [];
  for (const incident of world.life.incidents.list())
    for (const entry of await world.life.incidents.timeline(incident.id, 0))
      lines.push(`${entry.kind} ${entry.title}: ${entry.detail}`);
  const said = `the timeline says\n  ${lines.join('\n  ')}`;
  if (times !== null) {
    const found = lines.filter((line) => missing(words, line) === null).length;
    return found === times ? null : `found ${found} times; ${said}`;
  }
  const problem = missing(words, lines.join('\n'));
  return problem && `${problem}; ${said}`;
}

/** What was told is expected once: what fits is taken away, so that *no notification* speaks of the rest. */
function takeNotification(expectation: Of<'notification'>, told: Delivery[]): string | null {
  const { receivers, priority, sound, resolved, words } = expectation;
  const index = told.findIndex(
    ({ receiver, page }) =>
      receiver.split(', ').sort().join() === [...receivers].sort().join() &&
      (priority === null || page.priority === priority) &&
      (sound === null || page.sound === sound) &&
      (resolved === null || page.resolved === resolved) &&
      missing(words, `${page.title}\n${page.body}`) === null,
  );
  if (index < 0)
    return told.length === 0
      ? 'nobody was told'
      : `only this was told: ${told.map(describeTold).join(' | ')}`;
  told.splice(index, 1);
  return null;
}

function missing(words: readonly Words[], text: string): string | null {
  for (const one of words)
    if (text.includes(one.text) !== one.present)
      return `"${one.text}" is ${one.present ? 'missing' : 'there'}`;
  return null;
}

function counted(count: number, what: readonly string[]): string {
  return `there are ${count}: ${what.join(' and ')}`;
}

function describe(alert: Alert): string {
  const acknowledged = alert.acknowledgement ? ` acknowledged by ${alert.acknowledgement.by}` : '';
  const hold = alert.memory?.hold;
  const held = hold ? ` held by ${hold.stage} (${hold.reason})` : '';
  return `${nameOf(alert)} ${alert.phase} ${alert.priority}${acknowledged}${held} (${alert.reason})`;
}

function describeIncident(incident: Incident): string {
  const { name, severity, phase, services, title, suggestion } = incident;
  return `${name} ${severity} ${phase} on ${services.join(', ')} (${title}. ${suggestion.arithmetic})`;
}

function describeTold({ receiver, page, state }: Delivery): string {
  return `${receiver}: ${page.priority} ${page.sound ? 'loud' : 'silent'} ${page.resolved ? 'over' : 'firing'} ${state} "${page.title}" "${page.body}"`;
}
