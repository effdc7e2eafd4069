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
  kind = 'plain',
  caps,
  busy = false,
  disabled = false,
  title,
  autoFocus,
  type = 'button',
}: ButtonProps) {
  return (
    <button
      type={type}
      className="btn"
      data-kind={kind}
      aria-disabled={busy || disabled}
      aria-busy={busy}
      aria-keyshortcuts={caps?.join(' ')}
      title={title}
      data-focus={autoFocus || undefined}
      onClick={(event) => {
        if (busy || disabled) event.preventDefault();
        else if (type === 'button') onPress();
      }}
    >
      {children}
      {caps && <Keys caps={caps} />}
    </button>
  );
}
