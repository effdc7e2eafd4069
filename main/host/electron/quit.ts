import { app } from 'electron';
import { messageOf } from '../../../shared/error/coded.ts';
import type { Clock, Logger } from '../../platform/index.ts';

/** What is acknowledged is on disk already; beyond this the system's own patience ends. */
const DRAIN_MS = 5_000;

/** Quitting waits until the core has sent what is due and closed its databases, and only then ends the process. */
export function drainBeforeQuit(drain: () => Promise<void>, clock: Clock, log: Logger): void {
  let phase: 'running' | 'draining' | 'drained' = 'running';
  app.on('before-quit', (event) => {
    if (phase === 'drained') return;
    event.preventDefault();
    if (phase === 'draining') return;
    phase = 'draining';
    const cancel = clock.setTimeout(() => {
      log.error({}, 'not everything ended within 5 s; what was acknowledged is kept all the same');
      app.exit(1);
    }, DRAIN_MS);
    drain().then(
      () => {
        cancel();
        phase = 'drained';
        app.quit();
      },
      (thrown: unknown) => {
        log.error({ problem: messageOf(thrown) }, 'the core did not end in order');
        app.exit(1);
      },
    );
  });
}
