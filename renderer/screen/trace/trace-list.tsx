import type { CSSProperties } from 'react';
import type { TraceSummary } from '../../../shared/model/trace.ts';
import type { FoundTraces } from '../../state/trace.ts';
import { useNow } from '../../state/use-core.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Clock } from '../../ui/moment.tsx';
import { spanTime } from './span-time.ts';
import styles from './trace.module.css';

export interface TraceListProps {
  found: FoundTraces;
  open: string | null;
  onOpen: (traceId: string) => void;
}

/** Traces, the newest first: when, what, how long beside the others, and whose request it was. */
export function TraceList({ found, open, onOpen }: TraceListProps) {
  const longestMs = Math.max(1e-9, ...found.traces.map((one) => one.durationMs));
  return (
    <ol className={styles.list} aria-label="Traces found">
      {found.traces.map((one) => (
        <Row
          key={one.traceId}
          trace={one}
          share={one.durationMs / longestMs}
          isOpen={one.traceId === open}
          onOpen={onOpen}
        />
      ))}
    </ol>
  );
}

interface RowProps {
  trace: TraceSummary;
  share: number;
  isOpen: boolean;
  onOpen: (traceId: string) => void;
}

function Row({ trace, share, isOpen, onOpen }: RowProps) {
  const now = useNow();
  const style: CSSProperties & { '--v': number } = { '--v': share };
  return (
    <li>
      <button
        type="button"
        className={styles.row}
        aria-current={isOpen || undefined}
        onClick={() => onOpen(trace.traceId)}
        ref={(row) => {
          if (isOpen) row?.scrollIntoView({ block: 'nearest' });
        }}
      >
        <span className="num t3">
          <Clock at={trace.startAt} now={now} />
        </span>
        <span className="clip">
          <b>{trace.name}</b> <span className="t3">{trace.service}</span>
        </span>
        <span className={`num ${styles.took}`}>{spanTime(trace.durationMs)}</span>
        <span className={`s12 t3 clip num ${styles.known}`}>
          {trace.requestId ?? trace.traceId.slice(0, 16)}
          {trace.modelVersion !== null && ` · ${trace.modelVersion}`}
          {` · ${trace.spans} ${trace.spans === 1 ? 'span' : 'spans'}`}
          {trace.services > 1 && ` of ${trace.services} services`}
          {!trace.hasRoot && ' · its first span is not kept'}
        </span>
        {trace.failed > 0 && (
          <StateBadge state="firing">{trace.failed === 1 ? 'failed' : `${trace.failed} failed`}</StateBadge>
        )}
        <span className={styles.share} style={style} aria-hidden="true">
          <i />
        </span>
      </button>
    </li>
  );
}
