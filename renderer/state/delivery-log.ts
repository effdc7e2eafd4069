import type { DeliveryState } from '../../shared/contract/alert.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { Delivery } from '../../shared/model/notification.ts';
import type { Failure } from './failure.ts';
import type { Pages } from './pages.ts';
import type { Requests } from './request.ts';

/** What became of deliveries, as people choose among them. */
export const DELIVERY_STATES: readonly { readonly id: DeliveryState; readonly label: string }[] = [
  { id: 'all', label: 'all' },
  { id: 'failed', label: 'failed' },
  { id: 'queued', label: 'waiting' },
  { id: 'sent', label: 'sent' },
  { id: 'expired', label: 'too late' },
];

/** What became of one, in a word. */
export function outcomeOf({ state }: Delivery): string {
  return DELIVERY_STATES.find((one) => one.id === state)?.label ?? state;
}

const PAGE = 50;

/** The first page of the log, or the one after those that are there. */
export async function loadDeliveries(
  requests: Requests,
  question: { readonly text: string; readonly state: DeliveryState },
  before: Pages<Delivery> | null,
): Promise<Result<Pages<Delivery>, Failure>> {
  const read = await requests.quiet((api) =>
    api.alert.deliveries({
      text: question.text.trim().slice(0, 200),
      state: question.state,
      skip: before?.found.length ?? 0,
      limit: PAGE,
    }),
  );
  if (!read.ok) return err(read.error);
  // What came meanwhile moves the pages on: the same delivery is not shown twice.
  const known = new Set(before?.found.map((one) => one.id));
  const fresh = read.value.found.filter((one) => !known.has(one.id));
  return ok({ found: [...(before?.found ?? []), ...fresh], more: read.value.more });
}

/** What to do about a delivery that did not arrive; null where there is nothing to do. */
export function adviceOf({ state, attempts, kind }: Delivery): string | null {
  switch (state) {
    case 'failed':
      return `It is not tried again. Mend the ${kind} channel, then send it a test in Settings.`;
    case 'expired':
      return attempts === 0
        ? 'It was never tried in time: Midwatch was held up or asleep. Look at Health.'
        : 'The channel did not take it while it was due. Mend the channel, then send it a test in Settings.';
    case 'queued':
      return attempts > 0 ? 'It is tried again by itself; a second channel would have been faster.' : null;
    case 'sent':
      return null;
  }
}
