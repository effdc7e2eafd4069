import type { RoutingConfig } from '../../shared/config/routing.ts';
import type { Receiver } from '../../shared/model/notification.ts';
import { Priority } from '../../shared/model/priority.ts';
import { channelAddress } from '../notify/index.ts';

type Standing = Receiver['routes'][number];

/** All whom a page could be addressed to, in the order of the routes; those in no route come last. */
export function receiversOf(routing: RoutingConfig): Receiver[] {
  const standings = new Map<string, Standing[]>();
  const stand = (id: string, standing: Standing) =>
    standings.set(id, [...(standings.get(id) ?? []), standing]);
  for (const priority of Priority.options) {
    const { receivers, sound, out_of_hours: out } = routing.routes[priority];
    const outside = new Set(out?.receivers ?? []);
    for (const id of receivers) {
      // Told at any hour in the same way is one thing to say, not two.
      const always = out === undefined || (outside.delete(id) && out.sound === sound);
      stand(id, { priority, hours: always ? 'always' : 'in', sound });
      if (!always && out?.receivers.includes(id)) stand(id, { priority, hours: 'out', sound: out.sound });
    }
    for (const id of outside) stand(id, { priority, hours: 'out', sound: out?.sound ?? sound });
  }
  const steps = Priority.options.flatMap((priority) =>
    routing.escalation[priority].flatMap(({ after, receivers }) =>
      receivers.map((id) => ({ id, priority, afterMs: after })),
    ),
  );
  const ids = new Set([
    ...standings.keys(),
    ...steps.map((one) => one.id),
    ...Object.keys(routing.schedules),
    ...Object.keys(routing.receivers),
  ]);
  return [...ids].map((id, position) => {
    const own = routing.receivers[id] ?? [];
    const channels = own.length > 0 ? own : routing.default_channels;
    return {
      id,
      position,
      channels: channels.map((one) => ({ kind: one.kind, address: channelAddress(one) })),
      ownChannels: own.length > 0,
      routes: standings.get(id) ?? [],
      escalations: steps
        .filter((one) => one.id === id)
        .map(({ priority, afterMs }) => ({ priority, afterMs })),
    };
  });
}
