import { isWatching } from '../../shared/model/source.ts';
import { runCommand } from '../state/command.ts';
import { useCollection, useCore, useLine, useNow } from '../state/use-core.tsx';
import { StateBadge } from '../ui/badge.tsx';
import { Keys } from '../ui/button.tsx';
import { clockUtc, dayUtc, localClock } from '../ui/format.ts';

/** Which workspace, whether its sources answer, the way to everything, and what time it is. */
export function TopBar() {
  const core = useCore();
  const hello = useLine((state) => state.hello);
  const health = useCollection('health').byId.get('core');
  const workspace = health?.workspace.name ?? hello?.workspace ?? '';
  return (
    <header className="top">
      <span className="line clip workspace">
        <b className="clip">{workspace}</b>
        {(hello?.demo ?? health?.workspace.demo) && (
          <span className="tag" title="A simulated fleet; its data never mixes with a real workspace">
            demo
          </span>
        )}
      </span>
      <SourceHealth />
      <button
        type="button"
        className="search"
        aria-label="Search or run a command"
        aria-keyshortcuts="/ Control+K"
        onClick={() => runCommand(core, 'palette')}
      >
        <span className="clip">Search or run</span>
        <span className="push">
          <Keys caps={['/', 'Ctrl K']} />
        </span>
      </button>
      <Clocks />
    </header>
  );
}

function SourceHealth() {
  const { ready, byId } = useCollection('sources');
  const line = useLine((state) => state.connection.kind);
  if (!ready) return <StateBadge state="starting">connecting</StateBadge>;
  const sources = [...byId.values()];
  if (sources.length === 0) return <StateBadge state="no-data">no source</StateBadge>;
  const answering = sources.filter((one) => isWatching(one.condition)).length;
  const starting = sources.filter((one) => one.condition === 'starting').length;
  const all = answering === sources.length && line === 'live';
  const one = sources.length === 1;
  const text = `${answering} of ${sources.length} ${one ? 'source' : 'sources'}`;
  return (
    <StateBadge state={all ? 'ok' : starting > 0 && line === 'live' ? 'starting' : 'unwatched'}>
      {line === 'live' ? `${text} ${one ? 'answers' : 'answer'}` : `${text} answered when last heard`}
    </StateBadge>
  );
}

function Clocks() {
  const now = useNow();
  const local = localClock(now);
  const sameZone = local.zone === 'UTC' || local.zone === 'GMT';
  return (
    <span className="clock">
      <b>{clockUtc(now)}</b> UTC <span className="only-wide">· {dayUtc(now)}</span>
      {!sameZone && (
        <>
          {' '}
          · <b>{local.clock}</b> {local.zone}
        </>
      )}
    </span>
  );
}
