import type { Incident } from '../../../shared/model/incident.ts';
import type { ObjectiveStatus, WindowBurn } from '../../../shared/model/objective.ts';
import { formatPercent } from '../../../shared/unit/number.ts';
import { formatInstant } from '../../../shared/unit/time.ts';
import { Sparkline } from '../../chart/sparkline.tsx';
import { burnText, exhaustionText, leadingRow, targetText, windowOf } from '../../state/fact.ts';
import { isOpen } from '../../state/triage.ts';
import { useCollection, useCore } from '../../state/use-core.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Meter } from '../../ui/state.tsx';
import styles from './objective.module.css';
import { WINDOWS_MS } from './windows.ts';

/** Where a row of a long table stands, and who wants to know how high it is. */
export interface RowPlace {
  readonly index: number;
  readonly measure: (row: HTMLElement | null) => void;
}

export interface ObjectiveRowProps {
  status: ObjectiveStatus;
  open: boolean;
  selected: boolean;
  place: RowPlace;
}

export function ObjectiveRow({ status, open, selected, place }: ObjectiveRowProps) {
  const core = useCore();
  const { objective } = status;
  const toggle = () => core.ui.go({ screen: 'objectives', id: open ? null : objective.id });
  return (
    <tr
      ref={place.measure}
      data-index={place.index}
      className={styles.row}
      data-objective={objective.id}
      data-open={open || undefined}
      data-selected={selected || undefined}
      onClick={toggle}
    >
      <th scope="row" className={styles.nameCell}>
        <button
          type="button"
          className={styles.name}
          aria-expanded={open}
          onClick={(event) => {
            event.stopPropagation();
            toggle();
          }}
        >
          <b className="clip">{objective.title}</b>
          <small className="clip">
            {targetText(status)}
            {status.uncorrected?.budgetRemaining != null &&
              `; ${budgetText(status.uncorrected.budgetRemaining)} uncorrected`}
          </small>
        </button>
      </th>
      <td>
        <State status={status} />
      </td>
      {WINDOWS_MS.map((ms) => (
        <BurnCell key={ms} status={status} window={windowOf(status, ms)} />
      ))}
      <td className={styles.trend}>
        <Sparkline
          values={status.trend}
          threshold={leadingRow(status)?.threshold ?? null}
          hot={status.state === 'burning'}
          label={`Burn over 1 h in the last 24 h of ${objective.title}`}
        />
      </td>
      <td className="n">
        <div className={styles.budget}>
          <Meter
            value={status.budgetRemaining}
            tone={status.state === 'burning' ? 'burning' : status.state === 'ok' ? 'ok' : 'text-3'}
            label={`Budget remaining of ${objective.title}`}
          />
          <span>
            {status.budgetRemaining === null ? (
              <span className="t3">no data</span>
            ) : (
              budgetText(status.budgetRemaining)
            )}
          </span>
        </div>
      </td>
      <td className="n">
        {status.state === 'blind' ? (
          <span className="t3">not evaluated</span>
        ) : (
          <b>{exhaustionText(status.timeToExhaustionMs) ?? <span className="t3">no data</span>}</b>
        )}
      </td>
    </tr>
  );
}

/** A column of them is read down: always one decimal, but for all of it. */
function budgetText(remaining: number): string {
  const text = (remaining * 100).toFixed(1);
  return `${text === '100.0' ? '100' : text.replace('-', '−')} %`;
}

function BurnCell({ status, window }: { status: ObjectiveStatus; window: WindowBurn | null }) {
  if (status.state === 'blind' && window?.burnRate == null)
    return (
      <td className="n">
        <span className="hatched t2">unwatched</span>
      </td>
    );
  if (window?.burnRate == null)
    return (
      <td className="n">
        <span className="t3">no data</span>
      </td>
    );
  const over = status.rows.some(
    (row) =>
      row.leftOut === null &&
      (row.longMs === window.windowMs || row.shortMs === window.windowMs) &&
      (window.burnRate ?? 0) > row.threshold,
  );
  const seen =
    window.seenFraction < 0.995
      ? `a lower bound: ${formatPercent(window.seenFraction, 2)} of the window was seen`
      : undefined;
  const counted =
    window.anchoredAt === null
      ? undefined
      : `counted in full at ${formatInstant(window.anchoredAt)}, carried forward since`;
  return (
    <td className={over ? 'n hot' : 'n'} title={[seen, counted].filter(Boolean).join('; ') || undefined}>
      {/* A lower bound under a hundredth says nothing that the number does not. */}
      {seen && (window.burnRate ?? 0) >= 0.01 && '≥ '}
      {burnText(window.burnRate)}
    </td>
  );
}

function State({ status }: { status: ObjectiveStatus }) {
  const incidents = useCollection('incidents').byId;
  const row = status.rows.find((one) => one.name === status.holding);
  const incident = row ? openIncidentOf(status, incidents.values()) : undefined;
  switch (status.state) {
    case 'burning':
      return (
        <StateBadge state="burning" title={status.reason}>
          {row
            ? [row.priority, incident?.name ?? row.name].join(', ')
            : status.heldBack
              ? 'held back'
              : 'no row fires'}
        </StateBadge>
      );
    case 'blind':
      return (
        <StateBadge state="unwatched" title={status.reason}>
          {status.objective.source} is silent
        </StateBadge>
      );
    case 'no-data':
      return (
        <StateBadge state="no-data" title={status.reason}>
          no data
        </StateBadge>
      );
    case 'starting':
      return <StateBadge state="starting">starting</StateBadge>;
    case 'ok':
      return (
        <StateBadge state="ok" title={status.reason}>
          {status.heldBack ? 'ok, held back' : 'ok'}
        </StateBadge>
      );
  }
}

function openIncidentOf(status: ObjectiveStatus, incidents: Iterable<Incident>): Incident | undefined {
  for (const one of incidents) if (isOpen(one) && one.objectiveIds.includes(status.objective.id)) return one;
  return undefined;
}
