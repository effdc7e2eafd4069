import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';

/** The windows that stand as columns: the short and long ones of the default policy, each once. */
export const WINDOWS_MS = [5 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 3 * DAY_MS] as const;
