import { useMemo } from 'react';
import type { Delivery, Receiver } from '../../../shared/model/notification.ts';
import { outcomeOf } from '../../state/delivery-log.ts';
import {
  channelsText,
  channelText,
  type ReceiverView,
  receiversOf,
  routesText,
} from '../../state/receiver.ts';
import { useBusy, useCollection, useCore, useNow, useUi } from '../../state/use-core.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { coarse } from '../../ui/format.ts';
import { Ago } from '../../ui/moment.tsx';
import { Skeleton } from '../../ui/state.tsx';
import styles from './setting.module.css';

/** Whom a page can be addressed to, by which channels, what became of the last message, and a test for each. */
export function Receivers() {
  const core = useCore();
  const { ready, byId } = useCollection('receivers');
  const deliveries = useCollection('deliveries').byId;
  const permission = useUi((state) => state.permission);
  const receivers = useMemo(() => receiversOf(byId.values(), deliveries.values()), [byId, deliveries]);
  return (
    <section className="box" aria-labelledby="receivers">
      <div className="box-head">
        <h2 id="receivers">Receivers</h2>
        <span className="t3 s12">from midwatch.yaml, in the order of the routes</span>
        <span className="push">
          <Button kind="quiet" onPress={() => core.ui.go({ screen: 'why', text: '', log: 'deliveries' })}>
            Delivery log
          </Button>
        </span>
      </div>
      {!ready && <Skeleton rows={4} label="Loading the receivers" />}
      {receivers.map((one) => (
        <ReceiverRow key={one.receiver.id} view={one} />
      ))}
      <p className={`s12 t2 ${styles.foot}`}>
        Notifications of this browser: {PERMISSION[permission]}. A closed window shows none: a receiver of
        another kind reaches you then.
      </p>
    </section>
  );
}

const PERMISSION = {
  unknown: 'not available here',
  default: 'not asked yet',
  granted: 'allowed',
  denied: 'refused; allow them in the browser’s settings for this address',
} as const;

function ReceiverRow({ view: { receiver, last } }: { view: ReceiverView }) {
  const core = useCore();
  const busy = useBusy(`test:${receiver.id}`);
  const send = async () => {
    const sent = await core.requests.say(
      `test:${receiver.id}`,
      (api) => api.system.sendTest({ receiver: receiver.id }),
      `Test to ${receiver.id}: `,
    );
    if (sent.ok) core.ui.toast('ok', sent.value.text);
  };
  return (
    <article className={styles.receiver} aria-label={`Receiver ${receiver.id}`}>
      <div>
        <div className="line wrap">
          <b>{receiver.id}</b>
          <span className="t3 s12">{routesText(receiver)}</span>
        </div>
        {receiver.channels.length > 1 ? (
          <Channels receiver={receiver} />
        ) : (
          <div className="s12 t2">by {channelsText(receiver)}</div>
        )}
        {last ? <Last delivery={last} /> : <div className="s12 t3">nothing sent yet</div>}
        {last?.problem && <p className={`s12 ${styles.trouble}`}>{last.problem}</p>}
      </div>
      <Button busy={busy} onPress={() => void send()}>
        Send test
      </Button>
    </article>
  );
}

/** Each way to the receiver with a test of its own: one that works hides one that does not. */
function Channels({ receiver }: { receiver: Receiver }) {
  return (
    <ul className={styles.channels} aria-label={`Channels of ${receiver.id}`}>
      {receiver.channels.map((channel, at) => (
        <ChannelRow key={at} receiver={receiver.id} at={at} kind={channel.kind} name={channelText(channel)} />
      ))}
      {!receiver.ownChannels && <li className="s12 t3">by default: it has no channel of its own</li>}
    </ul>
  );
}

interface ChannelProps {
  receiver: string;
  at: number;
  kind: string;
  name: string;
}

function ChannelRow({ receiver, at, kind, name }: ChannelProps) {
  const core = useCore();
  const key = `test:${receiver}:${at}`;
  const busy = useBusy(key);
  const send = async () => {
    const sent = await core.requests.say(
      key,
      (api) => api.system.sendTest({ receiver, channel: at }),
      `Test to ${receiver}: `,
    );
    if (sent.ok) core.ui.toast('ok', sent.value.text);
  };
  return (
    <li className="line wrap">
      <span className={`s12 t2 ${styles.way}`}>{name}</span>
      <Button busy={busy} title={`Sends a test to ${receiver} by ${name}`} onPress={() => void send()}>
        Test {kind}
      </Button>
    </li>
  );
}

function Last({ delivery }: { delivery: Delivery }) {
  const now = useNow();
  const { state, nextTryAt } = delivery;
  const again = state === 'queued' && nextTryAt !== null && nextTryAt > now;
  return (
    <div className="line wrap s12" title={delivery.reason}>
      <StateBadge state={state === 'sent' ? 'ok' : state === 'queued' ? 'starting' : 'unwatched'}>
        {outcomeOf(delivery)}
        {again && `, next try in ${coarse(nextTryAt - now)}`}
      </StateBadge>
      <span className="t3 num">
        <Ago at={delivery.sentAt ?? delivery.createdAt} now={now} /> by {delivery.kind}
      </span>
      <span className={`t2 ${styles.said}`}>{delivery.page.title}</span>
    </div>
  );
}
