import type { ChannelConfig } from '../../shared/config/channel.ts';
import type { MidwatchFile } from '../../shared/config/workspace.ts';
import { DAY_MS, formatDuration } from '../../shared/unit/time.ts';
import { scheduleGaps } from '../alert/index.ts';
import type { Problem } from './problem.ts';
import { placedAt, type Written } from './written.ts';

/** How far ahead schedules are looked at. */
const AHEAD_MS = 60 * DAY_MS;
/** Channels that end at this machine's screen. */
const SCREEN: ReadonlySet<ChannelConfig['kind']> = new Set(['desktop', 'browser']);

/** What is not wrong and leaves somebody unpaged all the same: gaps in schedules, and a laptop that is the only pager. */
export function warnRouting(midwatch: Written<MidwatchFile>, now: number, problems: Problem[]): void {
  const warn = (path: readonly PropertyKey[], message: string) =>
    problems.push({ ...placedAt(midwatch, path, message), severity: 'warning' });
  warnGaps(midwatch.config, now, warn);
  for (const priority of ['P0', 'P1'] as const) warnChannels(midwatch.config, priority, warn);
}

type Warn = (path: readonly PropertyKey[], message: string) => void;

function warnGaps({ schedules }: MidwatchFile, now: number, warn: Warn): void {
  for (const [name, schedule] of Object.entries(schedules)) {
    // One that names nobody at all is an error of its own.
    if (schedule.rotations.length + schedule.shifts.length + schedule.overrides.length === 0) continue;
    const gaps = scheduleGaps(schedule, now, now + AHEAD_MS);
    const [first] = gaps;
    if (!first) continue;
    const wall = (at: number) => wallTime(at, schedule.time_zone);
    const all = gaps.reduce((sum, one) => sum + one.toAt - one.fromAt, 0);
    const more =
      gaps.length === 1
        ? ''
        : `, the first of ${gaps.length} gaps in the next 60 d, ${formatDuration(all)} together`;
    warn(
      ['schedules', name],
      `expected somebody on call at any time; nobody is from ${wall(first.fromAt)} to ${wall(first.toAt)} (${schedule.time_zone})${more}`,
    );
  }
}

function warnChannels(config: MidwatchFile, priority: 'P0' | 'P1', warn: Warn): void {
  const route = config.routes[priority];
  const first = waysOf(config, route.receivers);
  const outOfHours = waysOf(config, route.out_of_hours?.receivers ?? []);
  const chain = config.escalation[priority];
  const later = waysOf(
    config,
    chain.flatMap((step) => step.receivers),
  );
  const reachable = [first, outOfHours, later]
    .flatMap((ways) => [...ways.values()])
    .filter((kind) => !SCREEN.has(kind));
  const path = ['routes', priority];
  if (reachable.length === 0)
    warn(
      path,
      `expected a ${priority} to reach somebody away from this machine; every receiver of it ends at this screen. Give one a channel under receivers, such as { kind: slack, … }`,
    );
  else if (chain.length === 0)
    warn(
      ['escalation', priority],
      `expected a step: a ${priority} that nobody acknowledges is told to nobody else`,
    );
  else if ([...later].every(([way, kind]) => SCREEN.has(kind) || first.has(way)))
    warn(
      ['escalation', priority],
      `expected a second channel: a ${priority} that nobody acknowledges goes only where it went already. Give a receiver of its chain (${chain.flatMap((step) => step.receivers).join(', ')}) a channel of its own`,
    );
}

/** The ways that receivers reach people by, each once, through schedules to the people in them. */
function waysOf(config: MidwatchFile, receivers: readonly string[]): Map<string, ChannelConfig['kind']> {
  const ways = new Map<string, ChannelConfig['kind']>();
  for (const receiver of receivers.flatMap((one) => peopleOf(config, one)))
    for (const channel of config.receivers[receiver] ?? config.default_channels)
      ways.set(JSON.stringify(channel), channel.kind);
  return ways;
}

function peopleOf({ schedules }: MidwatchFile, receiver: string): string[] {
  const schedule = schedules[receiver];
  if (!schedule) return [receiver];
  const { rotations, shifts, overrides } = schedule;
  return [...rotations.flatMap((one) => one.people), ...[...shifts, ...overrides].map((one) => one.person)];
}

function wallTime(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return parts.format(at);
}
