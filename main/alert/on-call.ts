import type { RoutingConfig } from '../../shared/config/routing.ts';
import { createOnCall, type OnCallSchedule } from '../calendar/index.ts';
import type { AskOnCall } from './rule/on-call.ts';

const made = new WeakMap<object, ReadonlyMap<string, OnCallSchedule>>();

/** Asks the schedules of the routing; they are made once a configuration, not at each tick. */
export function askOnCall(routing: RoutingConfig, now: number): AskOnCall {
  const known =
    made.get(routing) ??
    new Map(Object.entries(routing.schedules).map(([name, config]) => [name, createOnCall(config)]));
  made.set(routing, known);
  return (receiver) => {
    const schedule = known.get(receiver);
    if (!schedule) return null;
    const found = schedule.at(now);
    return found
      ? { person: found.person, said: `${receiver} is ${found.person} (${found.by})` }
      : { person: null, said: `nobody is on call by the schedule ${receiver}` };
  };
}
