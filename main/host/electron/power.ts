import { app, powerMonitor, powerSaveBlocker } from 'electron';
import type { App } from '../../app/index.ts';
import type { Logger } from '../../platform/index.ts';

/** Tells the core when the machine sleeps and wakes. A locked screen changes nothing: the watch goes on behind it. */
export function followPower(core: Pick<App, 'suspend' | 'resume'>, log: Logger): void {
  powerMonitor.on('suspend', () => {
    log.info({}, 'the machine goes to sleep: no polls until it wakes');
    core.suspend();
  });
  powerMonitor.on('resume', () => {
    log.info({}, 'the machine is awake again');
    core.resume();
  });
  powerMonitor.on('lock-screen', () => log.info({}, 'the screen is locked; the watch goes on'));
  // Some systems wake without saying so: whoever unlocks the screen is certainly awake.
  powerMonitor.on('unlock-screen', () => core.resume());
  powerMonitor.on('shutdown', () => app.quit());
}

/** Keeps the machine from falling asleep while its person is on shift, and only by choice. */
export function createKeepAwake(): { set(on: boolean): void } {
  let blocker: number | undefined;
  return {
    set(on) {
      if (on === (blocker !== undefined)) return;
      if (blocker !== undefined) powerSaveBlocker.stop(blocker);
      blocker = on ? powerSaveBlocker.start('prevent-app-suspension') : undefined;
    },
  };
}
