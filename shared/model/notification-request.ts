import type { Page } from './notification.ts';

/**
 * What the alert pipeline asks the notifier to say, to receivers by name; channels are the notifier's affair.
 * A later request of the same group replaces an earlier page on a screen.
 */
export interface NotificationRequest {
  readonly groupKey: string;
  readonly alertIds: readonly string[];
  readonly receivers: readonly string[];
  readonly page: Page;
  /** Why it is sent, and to these: kept in the delivery log. */
  readonly reason: string;
}
