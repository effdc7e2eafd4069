import type { Alerts } from '../alert/index.ts';
import type { NotifierDeps } from '../notify/index.ts';

/** What the notifier asks beside the page: its alerts as they are now, and what a command may know of this process. */
export function tellingOf(
  alerts: () => Pick<Alerts, 'list'> | undefined,
): Pick<NotifierDeps, 'alerts' | 'environment'> {
  return {
    alerts(ids) {
      const wanted = new Set(ids);
      return (
        alerts()
          ?.list()
          .filter((one) => wanted.has(one.id)) ?? []
      );
    },
    environment: process.env,
  };
}
