import { instantText } from '../../state/objective-past.ts';
import { usePages } from '../../state/pages.ts';
import { useCollection, useCore, useNow } from '../../state/use-core.tsx';
import {
  BETWEEN_ID,
  betweenOf,
  betweenSpan,
  loadVerdicts,
  USUAL_SPAN,
  WHY_SPANS,
  type WhyPages,
  whyRange,
} from '../../state/why.ts';
import { absoluteUtc } from '../../ui/format.ts';
import { LogView } from './log-view.tsx';
import { OneAlert } from './one-alert.tsx';
import { VerdictRows } from './verdict-rows.tsx';
import styles from './why.module.css';

const OPTIONS = [...WHY_SPANS, { id: BETWEEN_ID, label: 'between two times' }];

/** Every verdict of every stage that holds the words, or that is one alert's, in any stretch of what is kept. */
export function VerdictLog({ text, span }: { text: string; span: string }) {
  const core = useCore();
  const now = useNow();
  const alert = useCollection('alerts').byId.get(text.trim()) ?? null;
  const range = whyRange(span, now);
  const between = betweenOf(span);
  const go = (to: { text?: string; span?: string }) => {
    const next = { text, span, ...to };
    core.ui.go({
      screen: 'why',
      text: next.text,
      ...(next.span === USUAL_SPAN ? {} : { span: next.span }),
    });
  };
  const search = usePages<WhyPages>(JSON.stringify([text, span]), (before) =>
    loadVerdicts(
      core.requests,
      { text, ...(typeof range === 'string' ? { fromAt: 0, toAt: 0 } : range) },
      before,
    ),
  );
  return (
    <LogView
      text={text}
      onText={(typed) => go({ text: typed })}
      what="verdicts"
      placeholder="reason, alert, rule or service"
      choice={{
        label: 'Time',
        value: between ? BETWEEN_ID : (WHY_SPANS.find((one) => one.id === span)?.id ?? USUAL_SPAN),
        options: OPTIONS,
        onChange: (id) =>
          go({
            span:
              id === BETWEEN_ID && typeof range !== 'string'
                ? betweenSpan(instantText(range.fromAt), instantText(range.toAt))
                : id,
          }),
      }}
      fields={
        between && (
          <BetweenFields between={between} onChange={(from, to) => go({ span: betweenSpan(from, to) })} />
        )
      }
      search={search}
      problem={typeof range === 'string' ? range : null}
      nothing={
        text.trim() === ''
          ? 'No alert was decided on in this time. Choose a longer one to look further back.'
          : 'No verdict in this time holds these words.'
      }
    >
      {(found) => (
        <>
          {alert && <OneAlert alert={alert} />}
          <VerdictRows found={found} only={alert?.id ?? null} />
          {search.pages?.lookedFromAt != null && (
            <p className={`s12 ${styles.more}`}>
              There are more verdicts in this time than one search looks at: it looked back to{' '}
              {absoluteUtc(search.pages.lookedFromAt)}. Choose times before that to look further.
            </p>
          )}
        </>
      )}
    </LogView>
  );
}

function BetweenFields({
  between: { from, to },
  onChange,
}: {
  between: { readonly from: string; readonly to: string };
  onChange: (from: string, to: string) => void;
}) {
  return (
    <>
      <label className="line s12 t2">
        From, UTC
        <input
          type="text"
          className={`field ${styles.instant}`}
          maxLength={16}
          value={from}
          onChange={(event) => onChange(event.target.value, to)}
        />
      </label>
      <label className="line s12 t2">
        To
        <input
          type="text"
          className={`field ${styles.instant}`}
          maxLength={16}
          value={to}
          onChange={(event) => onChange(from, event.target.value)}
        />
      </label>
    </>
  );
}
