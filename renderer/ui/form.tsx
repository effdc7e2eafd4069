import type { KeyboardEvent, ReactNode } from 'react';

/** Ctrl or Cmd with Enter, which in a field of many lines is the only way to send by keyboard. */
export function sendsForm({
  key,
  ctrlKey,
  metaKey,
  isComposing,
}: Pick<globalThis.KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'isComposing'>): boolean {
  return key === 'Enter' && (ctrlKey || metaKey) && !isComposing;
}

/** A form that its button sends, and Enter in a field of one line, and Ctrl or Cmd with Enter in any field. */
export function Form({
  onSubmit,
  className = 'form',
  label,
  children,
}: {
  onSubmit: () => void;
  className?: string | undefined;
  label?: string;
  children: ReactNode;
}) {
  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>) => {
    if (!sendsForm(event.nativeEvent)) return;
    // The browser would send a field of one line once more, and the screen may have the key for something else.
    event.preventDefault();
    event.stopPropagation();
    event.currentTarget.requestSubmit();
  };
  return (
    <form
      className={className}
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
      onKeyDown={onKeyDown}
    >
      {children}
    </form>
  );
}
