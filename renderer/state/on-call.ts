import type { OnCallNow } from '../../shared/model/on-call.ts';
import { createLoadedStore, createLoader } from './loaded.ts';
import type { Requests } from './request.ts';

/** Who is on call by the schedules of the workspace. */
export function createOnCallDomain(requests: Requests) {
  const onCall = createLoadedStore<readonly OnCallNow[]>();
  const load = createLoader(onCall);
  return { onCall, loadOnCall: () => load('now', () => requests.quiet((api) => api.alert.onCall())) };
}
