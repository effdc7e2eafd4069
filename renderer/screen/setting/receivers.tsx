import { useMemo } from 'react';
import { type ReceiverView, receiversOf } from '../../state/receiver.ts';
import { useBusy, useCollection, useCore, useNow, useUi } from '../../state/use-core.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { coarse } from '../../ui/format.ts';
import { Ago } from '../../ui/moment.tsx';
import styles from './setting.module.css';

/** Where messages go, what became of the last one, and a test for each. */
export function Receivers() {
  const deliveries = useCollection('deliveries').byId;
  const alerts = useCollection('alerts').byId;
  const permission = useUi((state) => state.permission);
  const receivers = useMemo(() => receiversOf(deliveries.values(), alerts.values()), [deliveries, alerts]);
  return (
    <section className="box" aria-labelledby="receivers">
      <div className="box-head">
        <h2 id="receivers">Receivers</h2>
        <span className="t3 s12">from midwatch.yaml</span>
      </div>
      {receivers.map((one) => (
        <ReceiverRow key={one.name} receiver={one} />
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

function ReceiverRow({ receiver }: { receiver: ReceiverView }) {
  const core = useCore();
  const now = useNow();
  const busy = useBusy(`test:${receiver.name}`);
  const { last } = receiver;
  const send = async () => {
    const sent = await core.requests.say(`test:${receiver.name}`, (api) =>
      api.system.sendTest({ receiver: receiver.name }),
    );
    if (sent.ok) core.ui.toast('ok', sent.value.text);
  };
  return (
    <article className={styles.source} aria-label={`Receiver ${receiver.name}`}>
      <div className="line wrap">
        <b>{receiver.name}</b>
        {receiver.kind && <span className="t3 s12">{receiver.kind}</span>}
        {last ? (
          <StateBadge
            state={last.state === 'sent' ? 'ok' : last.state === 'queued' ? 'starting' : 'unwatched'}
          >
            {last.state}
            {last.state === 'queued' &&
              last.nextTryAt !== null &&
              last.nextTryAt > now &&
              `, next try in ${coarse(last.nextTryAt - now)}`}
          </StateBadge>
        ) : (
          <span className="t3 s12">nothing sent yet</span>
        )}
        {last && (
          <span className="t3 s12 num">
            <Ago at={last.sentAt ?? last.createdAt} now={now} />
          </span>
        )}
        <span className="push">
          <Button busy={busy} onPress={() => void send()}>
            Send test
          </Button>
        </span>
      </div>
      {last && (
        <p className="s12 t2">
          {last.page.title}: {last.reason}
        </p>
      )}
      {last?.problem && <p className={`s12 ${styles.trouble}`}>{last.problem}</p>}
    </article>
  );
}
