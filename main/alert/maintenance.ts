import type { MaintenanceConfig, MaintenanceDefinition } from '../../shared/config/maintenance.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { MaintenanceState } from '../../shared/model/maintenance.ts';
import { type Matcher, parseMatchers } from '../../shared/model/matcher.ts';
import { createRecurrence, type Recurrence, type Span } from '../calendar/index.ts';
import { compileMatchers, type LabelTest } from './matcher.ts';
import type { OpenWindow } from './rule/hold-stage.ts';

/** The maintenance windows of the configuration, ready to be asked. */
export interface Maintenance {
  /** Those that run at that instant. */
  open(at: number): readonly OpenWindow[];
  /** All, for the window, with what runs and what comes next. */
  states(at: number): MaintenanceState[];
}

interface Planned {
  readonly definition: MaintenanceDefinition;
  readonly recurrence: Recurrence;
  readonly matches: LabelTest;
}

/** What is wrong with a window beyond its form, with the key that is; null where it can be planned. */
export function maintenanceProblem(
  config: MaintenanceConfig,
): { readonly key: keyof MaintenanceConfig; readonly message: string } | null {
  const recurrence = recurrenceOf(config);
  if (!recurrence.ok)
    return { key: config.schedule === undefined ? 'from' : 'schedule', message: recurrence.error };
  const test = testOf(config);
  return test.ok ? null : { key: 'matchers', message: test.error };
}

/** Follows the configuration: a reload brings other definitions, and nothing else is remembered. */
export function createMaintenance(definitions: () => readonly MaintenanceDefinition[]): Maintenance {
  let known: readonly MaintenanceDefinition[] = [];
  let planned: readonly Planned[] = [];
  const all = () => {
    const now = definitions();
    if (now !== known) {
      known = now;
      planned = now.flatMap(plan);
    }
    return planned;
  };
  return {
    open: (at) =>
      all().flatMap(({ definition, recurrence, matches }): OpenWindow[] => {
        const span = recurrence.current(at);
        if (!span) return [];
        const { config, definedAt } = definition;
        const { id, services, include_dependents: includeDependents } = config;
        return [{ id, title: config.title ?? id, services, matches, includeDependents, definedAt, ...span }];
      }),
    states: (at) =>
      all().map(({ definition: { config, definedAt }, recurrence }) => ({
        id: config.id,
        title: config.title ?? config.id,
        services: config.services,
        matchers: config.matchers,
        includeDependents: config.include_dependents,
        timeZone: config.time_zone,
        schedule: config.schedule ?? null,
        durationMs: config.duration ?? null,
        from: config.from ?? null,
        to: config.to ?? null,
        current: recurrence.current(at),
        next: recurrence.next(at),
        upcoming: upcomingOf(recurrence, at),
        definedAt,
      })),
  };
}

const UPCOMING = 3;

function upcomingOf(recurrence: Recurrence, at: number): Span[] {
  const spans: Span[] = [];
  for (let next = recurrence.next(at); next && spans.length < UPCOMING; next = recurrence.next(next.startsAt))
    spans.push(next);
  return spans;
}

function plan(definition: MaintenanceDefinition): Planned[] {
  const recurrence = recurrenceOf(definition.config);
  const matches = testOf(definition.config);
  // A configuration with such a window is refused when it is read, so that nothing is left out here unsaid.
  return recurrence.ok && matches.ok
    ? [{ definition, recurrence: recurrence.value, matches: matches.value }]
    : [];
}

export function recurrenceOf(config: MaintenanceConfig): Result<Recurrence, string> {
  const { schedule, duration, from, to, time_zone: timeZone } = config;
  if (schedule !== undefined && duration !== undefined)
    return createRecurrence({ schedule, durationMs: duration, timeZone });
  if (from !== undefined && to !== undefined) return createRecurrence({ from, to, timeZone });
  return err('expected either schedule and duration, or from and to');
}

function testOf({ matchers }: MaintenanceConfig): Result<LabelTest, string> {
  const parsed: Matcher[] = [];
  for (const text of matchers) {
    const one = parseMatchers(text);
    if (!one.ok) return one;
    parsed.push(...one.value);
  }
  return parsed.length === 0 ? ok(() => true) : compileMatchers(parsed);
}
