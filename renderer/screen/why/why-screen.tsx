import { useEffect, useState } from 'react';
import type { Failure } from '../../state/failure.ts';
import { useCore, useLive, useNow } from '../../state/use-core.tsx';
import { loadVerdicts, WHY_SPANS, type WhyPages, type WhySpan } from '../../state/why.ts';
import { Button } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/state.tsx';
import { DeliveryLog } from './delivery-log.tsx';
import { VerdictRows } from './verdict-rows.tsx';
import styles from './why.module.css';

/** A person types faster than a search of thirteen months answers. */
const TYPED_MS = 250;

const LOGS = [
  { id: 'verdicts', label: 'Verdicts' },
  { id: 'deliveries', label: 'Deliveries' },
] as const;

/** Why somebody was paged, or was not: every verdict of every stage, and every message with what became of it. */
export function WhyScreen({ text, log }: { text: string; log: 'verdicts' | 'deliveries' }) {
  const core = useCore();
  return (
    <main className={styles.main} tabIndex={-1}>
      <div className="pane">
        <div className="pane-head">
          <h1 className="pane-title">Why</h1>
          <span className="t3 s12">
            {log === 'verdicts'
              ? 'what each stage said of each alert, kept for 13 months'
              : 'each message to each channel, from the outbox'}
          </span>
          <fieldset className={`push ${styles.logs}`}>
            <legend className="vh">What is shown</legend>
            {LOGS.map(({ id, label }) => (
              <label key={id}>
                <input
                  type="radio"
                  name="log"
                  checked={log === id}
                  onChange={() =>
                    core.ui.go({
                      screen: 'why',
                      text: '',
                      ...(id === 'deliveries' ? { log: id } : {}),
                    })
                  }
                />
                {label}
              </label>
            ))}
          </fieldset>
        </div>
        {log === 'verdicts' ? <VerdictLog text={text} /> : <DeliveryLog text={text} />}
      </div>
    </main>
  );
}

function VerdictLog({ text }: { text: string }) {
  const [span, setSpan] = useState<WhySpan>('1d');
  const core = useCore();
  const search = useSearch(text, span);
  const { pages, failure } = search;
  return (
    <>
      <search className={styles.form}>
        <input
          type="search"
          className={`${styles.field} ${styles.words}`}
          aria-label="Search verdicts"
          placeholder="reason, alert, rule or service"
          value={text}
          onChange={(event) => core.ui.go({ screen: 'why', text: event.target.value })}
        />
        <select
          className={styles.field}
          aria-label="Time"
          value={span}
          onChange={(event) => setSpan(WHY_SPANS.find((one) => one.id === event.target.value)?.id ?? '1d')}
        >
          {WHY_SPANS.map((one) => (
            <option key={one.id} value={one.id}>
              {one.label}
            </option>
          ))}
        </select>
      </search>
      <p className={`s12 t3 ${styles.count}`} role="status">
        {failure?.text ?? countText(pages, text)}
      </p>
      {pages === null && failure === null && <Skeleton rows={8} label="Searching" />}
      {pages !== null && <VerdictRows found={pages.found} />}
      {pages?.more && (
        <div className={styles.more}>
          <Button busy={search.busy} onPress={search.next}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

function countText(pages: WhyPages | null, text: string): string {
  if (pages === null) return 'Searching';
  if (pages.found.length === 0)
    return text.trim() === ''
      ? 'No alert was decided on in this time. Choose a longer one to look further back.'
      : 'No verdict in this time holds these words.';
  return `${pages.found.length}${pages.more ? ' and more' : ''}, the newest first`;
}

function useSearch(text: string, span: WhySpan) {
  const core = useCore();
  const live = useLive();
  const now = useNow();
  const [pages, setPages] = useState<WhyPages | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  // Asked again for another question only, not at each tick of the clock.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the time of asking is no question
  useEffect(() => {
    if (!live) return;
    let current = true;
    const timer = setTimeout(() => {
      void loadVerdicts(core.requests, { text, span }, null, now).then((read) => {
        if (!current) return;
        setFailure(read.ok ? null : read.error);
        if (read.ok) setPages(read.value);
      });
    }, TYPED_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [core, live, text, span]);
  const next = () => {
    setBusy(true);
    void loadVerdicts(core.requests, { text, span }, pages, now).then((read) => {
      setBusy(false);
      setFailure(read.ok ? null : read.error);
      if (read.ok) setPages(read.value);
    });
  };
  return { pages, failure, busy, next };
}
