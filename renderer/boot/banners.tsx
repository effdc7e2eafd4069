import type { ReactNode } from 'react';
import { runCommand } from '../state/command.ts';
import { useCollection, useCore, useLine, useNow, useUi } from '../state/use-core.tsx';
import type { Connection } from '../transport/connection.ts';
import { Button } from '../ui/button.tsx';
import { clockUtc, coarse } from '../ui/format.ts';
import { askPermission } from './notifier.ts';

/** Whatever makes the numbers on the screen less than current, or a page less than certain, is said here. */
export function Banners() {
  return (
    <>
      <LineBanner />
      <BlindBanner />
      <ProblemBanner />
      <PermissionBanner />
    </>
  );
}

function LineBanner() {
  const core = useCore();
  const connection = useLine((state) => state.connection);
  const now = useNow();
  if (connection.kind === 'live') return null;
  if (connection.kind === 'connecting')
    return now - connection.sinceAt < 3_000 ? null : (
      <Banner
        kind="offline"
        title={`Waiting for the core, ${coarse(now - connection.sinceAt)}`}
        detail="Nothing is shown until it answers."
      />
    );
  const since = `${clockUtc(connection.sinceAt)} UTC, ${coarse(Math.max(0, now - connection.sinceAt))}`;
  if (connection.kind === 'stale')
    return (
      <Banner
        kind="offline"
        title={`Stale since ${since}`}
        detail={`The core is silent. Every number here is from ${clockUtc(connection.sinceAt)} or before.`}
      />
    );
  const retry = Math.max(0, Math.ceil((connection.nextTryAt - now) / 1_000));
  return (
    <Banner
      kind="offline"
      title={`Offline since ${since}`}
      detail={`${connection.problem} ${offlineAdvice(connection)} Next try in ${retry} s.`}
      action={
        <Button caps={['Shift R']} onPress={() => runCommand(core, 'try-now')}>
          Try now
        </Button>
      }
    />
  );
}

function offlineAdvice({ everLive, answered, sinceAt }: Extract<Connection, { kind: 'offline' }>): string {
  if (everLive) return `Everything here is readable, as of ${clockUtc(sinceAt)}; this window pages nobody.`;
  if (answered) return 'Nothing can be shown until it does; what it watches, it goes on watching.';
  return 'Is Midwatch running? If it was started again, open the address that it printed.';
}

function BlindBanner() {
  const core = useCore();
  const blind = useCollection('health').byId.get('core')?.blind ?? null;
  if (blind === null) return null;
  return (
    <div className="banner" data-kind="blind" role="alert">
      <div>
        <b>Not watching</b>
        <div className="s12">{blind}</div>
      </div>
      <span className="push">
        <Button caps={['g h']} onPress={() => runCommand(core, 'go-health')}>
          Check
        </Button>
      </span>
    </div>
  );
}

function ProblemBanner() {
  const core = useCore();
  const health = useCollection('health').byId.get('core');
  const problems = health?.workspace.problems ?? [];
  if (problems.length === 0) return null;
  const [first] = problems;
  return (
    <Banner
      kind="problem"
      title={
        problems.length === 1 ? 'Configuration not taken over' : `${problems.length} configuration problems`
      }
      detail={`${first}${/[.!?]$/.test(first ?? '') ? '' : '.'} The last good configuration is watching.`}
      action={<Button onPress={() => core.ui.go({ screen: 'health' })}>Show</Button>}
    />
  );
}

function PermissionBanner() {
  const core = useCore();
  const permission = useUi((state) => state.permission);
  const dismissed = useUi((state) => state.dismissedAsk);
  const host = useLine((state) => state.hello?.host ?? null);
  if (host !== 'node' || dismissed || permission === 'granted' || permission === 'unknown') return null;
  const later = (
    <Button kind="quiet" onPress={() => core.uiStore.setState({ dismissedAsk: true })}>
      Not now
    </Button>
  );
  if (permission === 'denied')
    return (
      <Banner
        kind="ask"
        title="This browser refuses notifications"
        detail="Pages cannot reach you here. Allow them in the browser’s settings for this address, or rely on another receiver."
        action={later}
      />
    );
  return (
    <Banner
      kind="ask"
      title="May this browser wake you?"
      detail="Pages come as notifications once you allow them."
      action={
        <>
          {later}
          <Button onPress={() => void askPermission(core)}>Allow notifications</Button>
        </>
      }
    />
  );
}

function Banner({
  kind,
  title,
  detail,
  action,
}: {
  kind: 'offline' | 'problem' | 'ask';
  title: string;
  detail: string;
  action?: ReactNode;
}) {
  return (
    <div className="banner" data-kind={kind} role="status">
      <span
        className="state"
        data-s={kind === 'offline' ? 'unwatched' : kind === 'problem' ? 'suppressed' : 'starting'}
      >
        <b className="t1">{title}</b>
      </span>
      <span className="t2 banner-detail">{detail}</span>
      {action && <span className="push line">{action}</span>}
    </div>
  );
}
