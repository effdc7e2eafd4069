import { implement } from '@orpc/server';
import { contract } from '../../../shared/contract/index.ts';
import type { FakeState } from './fake-state.ts';

/** Verdicts as a core answers them, from the alerts that there are. */
export function whyOf(state: FakeState) {
  const os = implement(contract);
  const all = () =>
    [...state.collections.alerts.values()].flatMap(({ id, title, service, verdicts }) =>
      verdicts.map((one) => ({ ...one, alertId: id, title, service })),
    );
  return {
    why: os.alert.why.handler(({ input }) => state.collections.alerts.get(input.alertId)?.verdicts ?? []),
    deliveries: os.alert.deliveries.handler(({ input: { text, state: wanted, skip, limit } }) => {
      const word = text.toLowerCase();
      const found = [...state.collections.deliveries.values()]
        .filter((one) => wanted === 'all' || one.state === wanted)
        .filter((one) => JSON.stringify(one).toLowerCase().includes(word))
        .sort((a, b) => b.createdAt - a.createdAt);
      return { found: found.slice(skip, skip + limit), more: found.length > skip + limit };
    }),
    search: os.alert.search.handler(({ input: { text, fromAt, toAt, skip, limit } }) => {
      const word = text.toLowerCase();
      const found = all()
        .filter((one) => one.at >= fromAt && one.at <= toAt)
        .filter((one) => JSON.stringify(one).toLowerCase().includes(word))
        .sort((a, b) => b.at - a.at);
      const more = found.length > skip + limit;
      return { found: found.slice(skip, skip + limit), more, lookedFromAt: null };
    }),
  };
}
