import type { RouteTarget, RoutingConfig } from '../../../shared/config/routing.ts';
import type { Priority } from '../../../shared/model/priority.ts';
import type { DispatchStage } from './dispatch-stage.ts';
import { resolveReceivers } from './on-call.ts';

/** Whom an alert of this priority would reach now. */
export function receiversOf(
  priority: Priority,
  routing: RoutingConfig,
  inBusinessHours: boolean,
): readonly string[] {
  return targetOf(routing, priority, inBusinessHours).target.receivers;
}

/** Sends each priority to its receivers; out of business hours to those on call, if the route says so. */
export const route: DispatchStage = {
  name: 'route',
  decide(outgoing, { routing, inBusinessHours, onCall }) {
    const { fresh, over, silent, summary } = outgoing.dispatch;
    const priorities = [...new Set(fresh.map((one) => one.priority))].sort();
    const targets = priorities.map((priority) => targetOf(routing, priority, inBusinessHours));
    const heard = over.flatMap((one) => one.receivers);
    const named = resolveReceivers(
      targets.flatMap((one) => one.target.receivers),
      onCall,
    );
    const receivers = [...new Set([...named.receivers, ...heard])];
    const sound = (!silent || summary) && targets.some((one) => one.target.sound);
    const said = [...targets.map((one) => one.said), ...named.said];
    if (over.length > 0) said.push(`${list(heard)}: told when it fired, so told that it is over`);
    const loudness = sound ? '' : ' Without sound.';
    return {
      outgoing: { ...outgoing, addressing: { receivers, sound } },
      reason: `${said.join('; ')}.${loudness}`,
    };
  },
};

function targetOf(
  routing: RoutingConfig,
  priority: Priority,
  inBusinessHours: boolean,
): { target: RouteTarget; said: string } {
  const config = routing.routes[priority];
  const outside = inBusinessHours ? undefined : config.out_of_hours;
  const target = outside ?? config;
  const when = config.out_of_hours ? (inBusinessHours ? ' in business hours' : ' out of business hours') : '';
  return { target, said: `${priority}${when} → ${list(target.receivers)}` };
}

function list(receivers: readonly string[]): string {
  return receivers.length === 0 ? 'nobody' : [...new Set(receivers)].join(', ');
}
