import type { BrowserNotification } from '../../shared/contract/system.ts';
import type { Priority } from '../../shared/model/priority.ts';
import { answering, procedures } from './context.ts';

/** The windows' side of browser notifications. */
export interface WindowNotifications {
  watch(signal: AbortSignal | undefined): AsyncGenerator<BrowserNotification, void>;
  shown(deliveryId: string, outcome: 'shown' | 'denied' | 'failed', problem: string): Promise<void> | void;
}

export interface SystemPart {
  readonly hello: () => {
    version: string;
    host: 'node' | 'electron';
    workspace: string;
    demo: boolean;
    at: number;
  };
  readonly notifications: WindowNotifications;
  /** Answers in words what was sent where. */
  readonly sendTest: (receiver: string, channel: number | null, by: string) => Promise<string>;
  /** Answers in words by which way it was shown; throws a coded error where it was not. */
  readonly sendTestPage: (priority: Priority) => Promise<string>;
}

/** Requests about the application itself. */
export function systemRouter({ hello, notifications, sendTest, sendTestPage }: SystemPart) {
  const at = procedures.system;
  return at.router({
    hello: at.hello.handler(() => hello()),
    notifications: at.notifications.handler(({ signal }) => notifications.watch(signal)),
    notificationShown: at.notificationShown.handler(async ({ input, errors }) => {
      await answering(errors, () => notifications.shown(input.deliveryId, input.outcome, input.problem));
    }),
    sendTest: at.sendTest.handler(({ input, context, errors }) =>
      answering(errors, async () => ({ text: await sendTest(input.receiver, input.channel, context.actor) })),
    ),
    sendTestPage: at.sendTestPage.handler(({ input, errors }) =>
      answering(errors, async () => ({ text: await sendTestPage(input.priority) })),
    ),
  });
}
