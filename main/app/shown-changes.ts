import type { ChangeEvent } from '../../shared/model/service.ts';
import type { StateHub } from '../api/index.ts';

/** As many as are looked for around an incident; others may report without end. */
const SHOWN_MAX = 500;

/** Shows changes to the windows, the newest ones. */
export function publishChanges(hub: Pick<StateHub, 'get' | 'put' | 'replace'>) {
  return (changes: readonly ChangeEvent[]): void => {
    hub.put('changes', changes);
    const all = hub.get('changes');
    if (all.length > SHOWN_MAX)
      hub.replace('changes', all.toSorted((a, b) => b.at - a.at).slice(0, SHOWN_MAX / 2));
  };
}
