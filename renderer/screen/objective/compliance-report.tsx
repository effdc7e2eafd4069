import { useState } from 'react';
import { useBusy, useCore, useLoaded, useRefresh } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Markdown } from '../../ui/markdown.tsx';
import styles from './objective.module.css';
import { PastProgress } from './past-progress.tsx';

/** Which objectives were kept over the last 28 days, by service; to read here and to save. */
export function ComplianceReport({ onClose }: { onClose: () => void }) {
  const core = useCore();
  const [saved, setSaved] = useState<string | null>(null);
  const busy = useBusy('report');
  useRefresh('report', 0, () => void core.past.loadReport());
  const { value, loading, failure } = useLoaded(core.past.report, 'last');
  const save = async (format: 'markdown' | 'html') => setSaved(await core.past.saveReport(format));
  return (
    <Dialog title="Compliance, last 28 days" onClose={onClose}>
      <div className={`wide-form ${styles.wizard}`}>
        {loading && <PastProgress look="report" label="Counting 28 days" />}
        {!loading && failure && <p role="alert">{failure.text}</p>}
        {!loading && value && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
          <section className={styles.report} aria-label="Report" tabIndex={0}>
            <Markdown text={value.text} />
          </section>
        )}
        {saved !== null && (
          <p className="s12" role="status">
            Saved as <code>{saved}</code>.
          </p>
        )}
        <div className="line">
          <Button kind="primary" autoFocus busy={busy} onPress={() => void save('markdown')}>
            Save as Markdown
          </Button>
          <Button busy={busy} onPress={() => void save('html')}>
            Save as HTML
          </Button>
          <Button kind="quiet" caps={['Esc']} onPress={onClose}>
            Close
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
