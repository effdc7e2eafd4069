import type { ReferenceUse } from '../../shared/config/source.ts';
import type { Result } from '../../shared/error/result.ts';
import type { Page } from '../../shared/model/notification.ts';

/** The operating system's notifications, given by the host. A page of the same group replaces the one before. */
export interface HostNotifier {
  show(page: Page): Promise<Result<'shown', string>>;
  /** How the newest page's sound was played, or why not, in words; left out where the host knows nothing of sounds. */
  sound?(): Promise<string>;
}

/**
 * Pages to connected windows, which show a Web Notification and then say so by `acknowledgeShown`.
 * Fails with the reason where no window is connected or permission is denied.
 */
export interface BrowserNotifier {
  offer(deliveryId: string, page: Page): Promise<Result<'offered', string>>;
}

/** Reads a secret or a certificate by its reference (`env:NAME`); fails with what to do. Never logged. */
export type ReadSecret = (reference: string, use?: ReferenceUse) => Promise<Result<string, string>>;

/** What one try at one channel came to. */
export type Attempt =
  | { readonly kind: 'sent'; readonly detail: string }
  /** Handed over; sent when the other side says that it was shown. */
  | { readonly kind: 'offered' }
  | { readonly kind: 'retry'; readonly problem: string; readonly afterMs: number | null }
  | { readonly kind: 'refused'; readonly problem: string };
