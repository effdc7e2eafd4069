import { useState } from 'react';
import type { DeliveryState } from '../../../shared/contract/alert.ts';
import type { Delivery } from '../../../shared/model/notification.ts';
import { adviceOf, DELIVERY_STATES, loadDeliveries, outcomeOf } from '../../state/delivery-log.ts';
import { sentences } from '../../state/exact-text.ts';
import { type Pages, usePages } from '../../state/pages.ts';
import { hashOf } from '../../state/route.ts';
import { useCollection, useCore, useNow } from '../../state/use-core.tsx';
import { whyRoute } from '../../state/why.ts';
import { PriorityBadge, StateBadge } from '../../ui/badge.tsx';
import { coarse } from '../../ui/format.ts';
import { Clock } from '../../ui/moment.tsx';
import { LogView } from './log-view.tsx';
import styles from './why.module.css';

const BADGES = { queued: 'starting', sent: 'ok', failed: 'firing', expired: 'unwatched' } as const;

/** Each message to each channel as the outbox has it: when, to whom, how often it was tried, and what became of it. */
export function DeliveryLog({ text }: { text: string }) {
  const core = useCore();
  const [state, setState] = useState<DeliveryState>('all');
  // What is sent now moves the log: it is read again from its beginning.
  const news = useCollection('deliveries').byId;
  const search = usePages<Pages<Delivery>>(
    JSON.stringify([text, state]),
    (before) => loadDeliveries(core.requests, { text, state }, before),
    news,
  );
  return (
    <LogView
      text={text}
      onText={(typed) => core.ui.go({ screen: 'why', text: typed, log: 'deliveries' })}
      what="deliveries"
      placeholder="receiver, channel, title, reason or problem"
      choice={{
        label: 'Outcome',
        value: state,
        options: DELIVERY_STATES,
        onChange: (id) => setState(DELIVERY_STATES.find((one) => one.id === id)?.id ?? 'all'),
      }}
      search={search}
      nothing={
        text.trim() === '' && state === 'all'
          ? 'Nothing was sent to anybody yet. Settings has a test for each receiver.'
          : 'No delivery fits these words and this outcome.'
      }
    >
      {(found) => (
        <ol className={`num ${styles.deliveries}`} aria-label="Deliveries">
          {found.map((one) => (
            <Row key={one.id} delivery={one} />
          ))}
        </ol>
      )}
    </LogView>
  );
}

function Row({ delivery }: { delivery: Delivery }) {
  const now = useNow();
  const { page, state, attempts, nextTryAt, sentAt, createdAt, problem, reason, alertIds } = delivery;
  const advice = adviceOf(delivery);
  return (
    <li data-delivery={state}>
      <Clock at={createdAt} now={now} />
      <StateBadge state={BADGES[state]}>{outcomeOf(delivery)}</StateBadge>
      <div className="stack">
        <p className="line wrap">
          <PriorityBadge priority={page.priority} />
          <b>{page.title}</b>
          <WhyLinks alertIds={alertIds} />
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
        {(problem !== null || advice !== null) && (
          <p className={styles.trouble}>{sentences([problem, advice])}</p>
        )}
      </div>
    </li>
  );
}

/** A summary of a storm speaks of hundreds: the first few are led to, the others are counted. */
const LINKED = 3;

function WhyLinks({ alertIds }: { alertIds: readonly string[] }) {
  const alerts = useCollection('alerts').byId;
  return (
    <>
      {alertIds.slice(0, LINKED).map((id) => (
        <a
          key={id}
          className="link s12"
          href={hashOf(whyRoute(id))}
          aria-label={`Why ${alerts.get(id)?.title ?? id}`}
        >
          Why
        </a>
      ))}
      {alertIds.length > LINKED && <span className="t3">and {alertIds.length - LINKED} more alerts</span>}
    </>
  );
}
