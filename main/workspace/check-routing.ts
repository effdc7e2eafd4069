import { SECOND_CHANNEL } from '../../shared/config/escalation.ts';
import { defaultRouting } from '../../shared/config/routing.ts';
import type { MidwatchFile } from '../../shared/config/workspace.ts';
import { unknown } from './checker.ts';
import type { Problem } from './problem.ts';
import { say, type Written } from './written.ts';

/** Whether everybody who is named by routes, escalation chains and schedules is somebody. */
export function checkRouting(midwatch: Written<MidwatchFile>, problems: Problem[]): void {
  const { receivers, routes, escalation, schedules } = midwatch.config;
  const usual = Object.values(defaultRouting().routes).flatMap((route) => [
    ...route.receivers,
    ...(route.out_of_hours?.receivers ?? []),
  ]);
  const known = new Set([...Object.keys(receivers), ...Object.keys(schedules), ...usual, SECOND_CHANNEL]);
  const check = (path: readonly PropertyKey[], named: readonly string[], of: ReadonlySet<string> = known) => {
    for (const [at, receiver] of named.entries())
      if (!of.has(receiver)) say(problems, midwatch, [...path, at], unknown('receiver', receiver, [...of]));
  };
  for (const [priority, route] of Object.entries(routes)) {
    check(['routes', priority, 'receivers'], route.receivers);
    check(['routes', priority, 'out_of_hours', 'receivers'], route.out_of_hours?.receivers ?? []);
  }
  for (const [priority, chain] of Object.entries(escalation))
    for (const [at, step] of chain.entries())
      check(['escalation', priority, at, 'receivers'], step.receivers);
  const people = new Set([...known].filter((one) => !(one in schedules)));
  for (const [name, schedule] of Object.entries(schedules)) {
    for (const [at, rotation] of schedule.rotations.entries())
      check(['schedules', name, 'rotations', at, 'people'], rotation.people, people);
    for (const part of ['shifts', 'overrides'] as const)
      for (const [at, { person }] of schedule[part].entries())
        if (!people.has(person))
          say(
            problems,
            midwatch,
            ['schedules', name, part, at, 'person'],
            unknown('receiver', person, [...people]),
          );
    if (schedule.rotations.length + schedule.shifts.length + schedule.overrides.length === 0)
      say(
        problems,
        midwatch,
        ['schedules', name],
        'expected rotations, shifts or overrides; it names nobody',
      );
  }
}
