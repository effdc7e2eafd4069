import type { ReactNode } from 'react';

/** The caps of a key binding, as drawn inside a button or beside a row. */
export function Keys({ caps }: { caps: readonly string[] }) {
  return (
    <span className="caps" aria-hidden="true">
      {caps.map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  );
}

export interface ButtonProps {
  children: ReactNode;
  onPress: () => void;
  /** Pressed while it cannot be: what is missing may be said now. */
  onRefused?: (() => void) | undefined;
  kind?: 'primary' | 'plain' | 'quiet' | 'stop';
  caps?: readonly string[] | undefined;
  busy?: boolean;
  disabled?: boolean;
  title?: string;
  autoFocus?: boolean | undefined;
  type?: 'button' | 'submit';
}

/** A verb. While its request is under way it says so and cannot be pressed again. */
export function Button({
  children,
  onPress,
  onRefused,
  kind = 'plain',
  caps,
  busy = false,
  disabled = false,
  title,
  autoFocus,
  type = 'button',
}: ButtonProps) {
  const sends = type === 'submit' ? 'Control+Enter' : undefined;
  return (
    <button
      type={type}
      className="btn"
      data-kind={kind}
      aria-disabled={busy || disabled}
      aria-busy={busy}
      aria-keyshortcuts={[...(caps ?? []), sends].filter(Boolean).join(' ') || undefined}
      title={title ?? (sends && `${isMac() ? '⌘' : 'Ctrl'} ↵ sends it from any field`)}
      data-focus={autoFocus || undefined}
      onClick={(event) => {
        if (busy || disabled) {
          event.preventDefault();
          if (!busy) onRefused?.();
        } else if (type === 'button') onPress();
      }}
    >
      {children}
      {caps && <Keys caps={caps} />}
    </button>
  );
}

/** Whose keyboards name the key of commands otherwise. */
export function isMac(): boolean {
  return /Mac/.test(navigator.platform);
}
