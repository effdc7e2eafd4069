import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';

export interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** A palette has no visible title and stands near the top. */
  plain?: boolean;
  /** Where its content is at, of several steps: each begins with the focus on its first field or its button. */
  step?: string;
}

/** The browser's own modal dialog: it keeps the focus inside, gives it back, and closes on Escape. */
export function Dialog({ title, onClose, children, plain = false, step = '' }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before the paint: keys typed right after the one that opened it belong to its first field.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another step has other fields
  useLayoutEffect(() => {
    const dialog = ref.current;
    // The dialog itself would choose its first control, which need not be the one to begin with; and where the control
    // that had the focus is gone with its step, no key would reach the next one.
    const first = dialog?.querySelector<HTMLElement>('[data-focus]');
    if (first) first.focus();
    else if (!dialog?.contains(document.activeElement)) dialog?.querySelector('button')?.focus();
  }, [step]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it; the click on the backdrop is an extra.
    <dialog
      ref={ref}
      className={plain ? 'dialog dialog-plain' : 'dialog'}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <h2 id={titleId} className={plain ? 'vh' : 'dialog-title'}>
        {title}
      </h2>
      {children}
    </dialog>
  );
}
