import { useEffect, useState } from 'react';
import type { DeliveryState } from '../../../shared/contract/alert.ts';
import type { Delivery } from '../../../shared/model/notification.ts';
import { adviceOf, DELIVERY_STATES, type DeliveryPages, loadDeliveries } from '../../state/delivery-log.ts';
import type { Failure } from '../../state/failure.ts';
import { useCollection, useCore, useLive, useNow } from '../../state/use-core.tsx';
import { PriorityBadge, StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { coarse } from '../../ui/format.ts';
import { Clock } from '../../ui/moment.tsx';
import { Skeleton } from '../../ui/state.tsx';
import styles from './why.module.css';

const TYPED_MS = 250;
const BADGES = { queued: 'starting', sent: 'ok', failed: 'firing', expired: 'unwatched' } as const;
const WORDS = { queued: 'waiting', sent: 'sent', failed: 'failed', expired: 'too late' } as const;

/** Each message to each channel as the outbox has it: when, to whom, how often it was tried, and what became of it. */
export function DeliveryLog({ text }: { text: string }) {
  const core = useCore();
  const [state, setState] = useState<DeliveryState>('all');
  const { pages, failure, busy, next } = useDeliveries(text, state);
  return (
    <>
      <search className={styles.form}>
        <input
          type="search"
          className={`${styles.field} ${styles.words}`}
          aria-label="Search deliveries"
          placeholder="receiver, channel, title, reason or problem"
          value={text}
          onChange={(event) => core.ui.go({ screen: 'why', text: event.target.value, log: 'deliveries' })}
        />
        <select
          className={styles.field}
          aria-label="Outcome"
          value={state}
          onChange={(event) =>
            setState(DELIVERY_STATES.find((one) => one.id === event.target.value)?.id ?? 'all')
          }
        >
          {DELIVERY_STATES.map((one) => (
            <option key={one.id} value={one.id}>
              {one.label}
            </option>
          ))}
        </select>
      </search>
      <p className={`s12 t3 ${styles.count}`} role="status">
        {failure?.text ?? countText(pages, text, state)}
      </p>
      {pages === null && failure === null && <Skeleton rows={8} label="Reading the delivery log" />}
      {pages !== null && (
        <ol className={`num ${styles.deliveries}`} aria-label="Deliveries">
          {pages.found.map((one) => (
            <Row key={one.id} delivery={one} />
          ))}
        </ol>
      )}
      {pages?.more && (
        <div className={styles.more}>
          <Button busy={busy} onPress={next}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

function countText(pages: DeliveryPages | null, text: string, state: DeliveryState): string {
  if (pages === null) return 'Reading';
  if (pages.found.length === 0)
    return text.trim() === '' && state === 'all'
      ? 'Nothing was sent to anybody yet. Settings has a test for each receiver.'
      : 'No delivery fits these words and this outcome.';
  return `${pages.found.length}${pages.more ? ' and more' : ''}, the newest first`;
}

function Row({ delivery }: { delivery: Delivery }) {
  const now = useNow();
  const { page, state, attempts, nextTryAt, sentAt, createdAt, problem, reason } = delivery;
  const advice = adviceOf(delivery);
  return (
    <li data-delivery={state}>
      <Clock at={createdAt} now={now} />
      <StateBadge state={BADGES[state]}>{WORDS[state]}</StateBadge>
      <div className="stack">
        <p className="line wrap">
          <PriorityBadge priority={page.priority} />
          <b>{page.title}</b>
        </p>
        <p className="t2">
          to {delivery.receiver} by {delivery.kind}
          {delivery.channel !== undefined && (
            <>
              {' '}
              <code>{delivery.channel}</code>
            </>
          )}
          ; {attempts === 1 ? 'tried once' : `tried ${attempts} times`}
          {sentAt !== null && sentAt > createdAt && `, arrived after ${coarse(sentAt - createdAt)}`}
          {state === 'queued' &&
            nextTryAt !== null &&
            (nextTryAt > now ? `, next try in ${coarse(nextTryAt - now)}` : ', tried now')}
        </p>
        <p className="t3">{reason}</p>
        {problem !== null && (
          <p className={styles.trouble}>
            {problem} {advice}
          </p>
        )}
        {problem === null && advice !== null && <p className={styles.trouble}>{advice}</p>}
      </div>
    </li>
  );
}

function useDeliveries(text: string, state: DeliveryState) {
  const core = useCore();
  const live = useLive();
  // What is sent now moves the log: it is read again from its beginning.
  const news = useCollection('deliveries').byId;
  const [pages, setPages] = useState<DeliveryPages | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `news` stands for what was sent
  useEffect(() => {
    if (!live) return;
    let current = true;
    const timer = setTimeout(() => {
      void loadDeliveries(core.requests, { text, state }, null).then((read) => {
        if (!current) return;
        setFailure(read.ok ? null : read.error);
        if (read.ok) setPages(read.value);
      });
    }, TYPED_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [core, live, text, state, news]);
  const next = () => {
    setBusy(true);
    void loadDeliveries(core.requests, { text, state }, pages).then((read) => {
      setBusy(false);
      setFailure(read.ok ? null : read.error);
      if (read.ok) setPages(read.value);
    });
  };
  return { pages, failure, busy, next };
}
