import { app } from 'electron';
import { messageOf } from '../../../shared/error/coded.ts';
import { hashOfIncident } from '../../../shared/model/deep-link.ts';
import type { Priority } from '../../../shared/model/priority.ts';
import { situationOf } from '../../../shared/model/situation.ts';
import { type App, createPageSounds } from '../../app/index.ts';
import { type Clock, createSoundPlayer, type Logger } from '../../platform/index.ts';
import { createChoices } from './choice.ts';
import { setMenu } from './menu.ts';
import { createNotifications } from './notification.ts';
import type { PreferenceStore } from './preference.ts';
import { createTray } from './tray.ts';
import type { MainWindow } from './window.ts';

export interface DeskDeps {
  readonly core: Promise<App>;
  readonly window: MainWindow;
  readonly preferences: PreferenceStore;
  readonly icons: string;
  readonly isDemo: boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What stands around the window: tray, badge, notifications, and the choices of this desktop; `follow` keeps it up to date. */
export function createDesk({ core, window, preferences, icons, isDemo, clock, log }: DeskDeps) {
  let snoozedUntil = 0;
  let draw: () => void = () => undefined;
  const ending = new AbortController();
  const snooze = () => (clock.now() < snoozedUntil ? snoozedUntil : null);
  const open = (incidentId: string | null) => window.show(hashOfIncident(incidentId));
  const acknowledge = (incidentId: string) => {
    const done = core.then((running) => running.acknowledgeIncident(incidentId));
    done.catch((thrown: unknown) => {
      log.warn({ incident: incidentId, problem: messageOf(thrown) }, 'not acknowledged');
      open(incidentId);
    });
  };
  const notifications = createNotifications({
    clock,
    isSnoozed: () => snooze() !== null,
    open: window.show,
    acknowledge,
    sounds: createPageSounds(createSoundPlayer(process.platform, process.env), clock, log),
  });
  const sendTestPage = (priority: Priority) => {
    const sent = core.then((running) => running.sendTestPage(priority));
    sent.then(
      (shown) => shown.ok || log.warn({ problem: shown.error }, 'the test page was not shown'),
      (thrown: unknown) => log.warn({ problem: messageOf(thrown) }, 'the test page was not sent'),
    );
  };
  const redraw = () => {
    setMenu({ run: (id) => window.run(id), choices }, isDemo);
    draw();
  };
  const choices = createChoices({ preferences, sendTestPage, summon: window.show, log, onChange: redraw });
  const setSnooze = (minutes: number) => {
    snoozedUntil = clock.now() + minutes * 60_000;
    draw();
  };
  const tray = createTray(icons, {
    open,
    acknowledge,
    choices,
    snooze: setSnooze,
    snoozedUntil: snooze,
    mark: window.mark,
  });
  redraw();
  app.on('window-all-closed', () => {
    if (!preferences.get().stayInTray) app.quit();
  });
  return {
    notifications,
    async follow({ hub }: App) {
      draw = () => tray.show(situationOf(hub.get('incidents'), hub.get('health')[0]));
      let known: ReadonlySet<string> | undefined;
      for await (const frame of hub.watch(ending.signal)) {
        // A snooze that has run out is said by the next beat.
        draw();
        if (frame.kind === 'beat') continue;
        const acknowledged = hub.get('incidents').filter((one) => one.acknowledgedAt !== null);
        // Only what is acknowledged from now on: the later page that all is well again stays.
        for (const { id } of known ? acknowledged : []) if (!known?.has(id)) notifications.withdraw(id);
        known = new Set(acknowledged.map((one) => one.id));
      }
    },
    stop() {
      ending.abort();
      notifications.stop();
      tray.destroy();
    },
  };
}
