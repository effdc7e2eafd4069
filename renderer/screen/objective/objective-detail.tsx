import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import { formatPercent, formatSignificant } from '../../../shared/unit/number.ts';
import { badName, thresholdText, windowName } from '../../state/fact.ts';
import type { ObjectiveTab } from '../../state/route.ts';
import { useCore, useNow } from '../../state/use-core.tsx';
import { ago } from '../../ui/format.ts';
import { useMedia } from '../../ui/media.ts';
import { AlertHistory } from './alert-history.tsx';
import { BurnDown } from './burn-down.tsx';
import { Corrections } from './corrections.tsx';
import styles from './objective.module.css';
import type { RowPlace } from './objective-row.tsx';
import { PolicyRows } from './policy-rows.tsx';
import { Spent } from './spent.tsx';
import { WhatIf } from './what-if.tsx';

const TABS: readonly { readonly tab: ObjectiveTab | null; readonly label: string }[] = [
  { tab: null, label: 'Burn-down' },
  { tab: 'alerts', label: 'Alert history' },
  { tab: 'spent', label: 'Who spent it' },
  { tab: 'what-if', label: 'What if' },
  { tab: 'corrections', label: 'Corrections' },
];

/** What is behind an objective's line: its budget, its past, who spent it, what a change would do, what was taken out. */
export function ObjectiveDetail({
  status,
  tab,
  place,
}: {
  status: ObjectiveStatus;
  tab: ObjectiveTab | null;
  place: RowPlace;
}) {
  // The trend's column is not shown in a small window.
  const narrow = useMedia('(width < 80rem)');
  return (
    <tr ref={place.measure} data-index={place.index} className={styles.more}>
      <td colSpan={narrow ? 8 : 9}>
        <Tabs id={status.objective.id} tab={tab} />
        <Panel key={status.objective.id} status={status} tab={tab} />
      </td>
    </tr>
  );
}

function Tabs({ id, tab }: { id: string; tab: ObjectiveTab | null }) {
  const core = useCore();
  return (
    <nav className={`tabs ${styles.tabs}`} aria-label="What to show of this objective">
      {TABS.map((one) => (
        <button
          key={one.label}
          type="button"
          data-on={one.tab === tab || undefined}
          aria-current={one.tab === tab ? 'page' : undefined}
          onClick={() => core.ui.go({ screen: 'objectives', id, ...(one.tab ? { tab: one.tab } : {}) })}
        >
          {one.label}
        </button>
      ))}
    </nav>
  );
}

function Panel({ status, tab }: { status: ObjectiveStatus; tab: ObjectiveTab | null }) {
  switch (tab) {
    case 'alerts':
      return <AlertHistory status={status} />;
    case 'spent':
      return <Spent status={status} />;
    case 'what-if':
      return <WhatIf status={status} />;
    case 'corrections':
      return <Corrections status={status} />;
    case null:
      return (
        <div className={styles.detail}>
          <BurnDown status={status} />
          <div className="stack">
            <NeverFires status={status} />
            <PolicyRows rows={status.rows} />
            <Reason status={status} />
          </div>
        </div>
      );
  }
}

function NeverFires({ status }: { status: ObjectiveStatus }) {
  const never = status.rows.filter((row) => row.leftOut !== null);
  if (never.length === 0) return null;
  const ceiling = 1 / (1 - status.objective.target);
  return (
    <div className={styles.note}>
      <h2 className="c-burn">
        Thresholds that can never fire: {never.map((row) => `${row.name} (${row.priority})`).join(', ')}
      </h2>
      <p className="s12 t2">
        At a target of {formatPercent(status.objective.target, 6)} the burn rate can never exceed 1 / (1 −{' '}
        {formatSignificant(status.objective.target, 6)}) = <b className="t1">{thresholdText(ceiling)}</b>.{' '}
        {[...new Set(never.map((row) => row.leftOut))].join(' ')}
      </p>
    </div>
  );
}

function Reason({ status }: { status: ObjectiveStatus }) {
  const now = useNow();
  const short = status.windows[0];
  return (
    <div className="s12 t2 stack">
      <p>{status.heldBack ?? status.reason}</p>
      {short?.bad != null && short.total != null && (
        <p className="num">
          {badName(status)} in the last {windowName(short.windowMs)}:{' '}
          {formatSignificant(Math.round(short.bad), 4)} of {formatSignificant(Math.round(short.total), 4)}.
        </p>
      )}
      <p className="t3">
        <code>{status.objective.definedAt}</code>, policy {status.objective.policy}, read from{' '}
        {status.objective.source}
        {status.evaluatedAt !== null && `, evaluated ${ago(status.evaluatedAt, now)}`}.
      </p>
    </div>
  );
}
