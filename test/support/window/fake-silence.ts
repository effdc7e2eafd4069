import { implement } from '@orpc/server';
import { createSilences, planMaintenance } from '../../../main/alert/index.ts';
import { previewSilence } from '../../../main/api/index.ts';
import { VirtualClock } from '../../../main/platform/index.ts';
import { contract } from '../../../shared/contract/index.ts';
import { parseMatchers } from '../../../shared/model/matcher.ts';
import type { Silence } from '../../../shared/model/silence.ts';
import type { FakeState } from './fake-state.ts';

/** Silences of the fake core: what is made is there, and what one would hold is decided as the real core does. */
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
  const real = createSilences({
    clock: new VirtualClock(state.now()),
    ids: { fresh: () => 'silence' },
    log: { saveSilence: async () => undefined, loadSilences: async () => [] },
    onChange: () => undefined,
  });
  return {
    list: os.list.handler(() => [...state.collections.silences.values()]),
    preview: os.preview.handler(({ input }) =>
      previewSilence(input.matchers, [...state.collections.alerts.values()], real),
    ),
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
