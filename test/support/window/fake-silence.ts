import { implement } from '@orpc/server';
import { planMaintenance } from '../../../main/alert/index.ts';
import { contract } from '../../../shared/contract/index.ts';
import { formatMatchers, matchedLabels, parseMatchers } from '../../../shared/model/matcher.ts';
import type { Silence } from '../../../shared/model/silence.ts';
import type { FakeState } from './fake-state.ts';

/** Silences of the fake core: what is made is there, and equality decides what it would hold. */
export function silencesOf(state: FakeState) {
  const os = implement(contract).silence;
  const get = (id: string): Silence => {
    const silence = state.collections.silences.get(id);
    if (!silence) throw new Error(`no silence ${id}`);
    return silence;
  };
  const put = (silence: Silence): Silence => {
    state.put('silences', silence);
    return silence;
  };
  return {
    list: os.list.handler(() => [...state.collections.silences.values()]),
    preview: os.preview.handler(({ input }) => {
      const parsed = parseMatchers(input.matchers);
      if (!parsed.ok) return { matchers: '', problem: parsed.error, total: 0, alerts: [] };
      const active = [...state.collections.alerts.values()].filter(
        ({ phase }) => phase !== 'inactive' && phase !== 'resolved',
      );
      const found = active.filter((alert) =>
        parsed.value.every(
          ({ name, op, value }) => op !== '=' || (matchedLabels(alert)[name] ?? '') === value,
        ),
      );
      return {
        matchers: formatMatchers(parsed.value),
        problem: null,
        total: found.length,
        alerts: found
          .slice(0, 50)
          .map(({ id, title, service, priority, phase }) => ({ id, title, service, priority, phase })),
      };
    }),
    planMaintenance: os.planMaintenance.handler(({ input }) => planMaintenance(input.config, state.now())),
    create: os.create.handler(({ input }) => {
      state.asked.push({ name: 'silence.create', input });
      const parsed = parseMatchers(input.matchers);
      if (!parsed.ok) throw new Error(parsed.error);
      const now = state.now();
      return put({
        id: `silence-${state.collections.silences.size + 1}`,
        matchers: parsed.value,
        comment: input.comment,
        author: 'You',
        createdAt: now,
        startsAt: now,
        endsAt: now + input.durationMs,
        expiredAt: null,
        expiredBy: null,
        renewals: [],
        origin: null,
        sharing: [],
        revision: 1,
      });
    }),
    renew: os.renew.handler(({ input }) => {
      state.asked.push({ name: 'silence.renew', input });
      const silence = get(input.id);
      return put({ ...silence, endsAt: state.now() + input.durationMs, revision: silence.revision + 1 });
    }),
    expire: os.expire.handler(({ input }) => {
      state.asked.push({ name: 'silence.expire', input });
      return put({ ...get(input.id), expiredAt: state.now(), expiredBy: 'You' });
    }),
  };
}
