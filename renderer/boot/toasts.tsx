import { useCore, useUi } from '../state/use-core.tsx';
import { Glyph } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';

/** What was done or refused, in a corner; a refusal stays until it is read. */
export function Toasts() {
  const core = useCore();
  const toasts = useUi((state) => state.toasts);
  return (
    <section className="toasts" aria-label="Messages">
      {toasts.map((toast) => (
        <div
          key={toast.id}
          className="toast"
          data-tone={toast.tone}
          role={toast.tone === 'problem' ? 'alert' : 'status'}
        >
          <Glyph
            name={toast.tone === 'ok' ? 'ok' : 'suppressed'}
            tone={toast.tone === 'ok' ? 'ok' : 'sev1'}
          />
          <span>{toast.text}</span>
          <Button kind="quiet" onPress={() => core.ui.dismiss(toast.id)}>
            Dismiss
          </Button>
        </div>
      ))}
    </section>
  );
}
