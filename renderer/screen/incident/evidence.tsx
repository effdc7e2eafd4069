import { useMemo, useState } from 'react';
import type { Incident } from '../../../shared/model/incident.ts';
import { MINUTE_MS } from '../../../shared/unit/time.ts';
import { Chart } from '../../chart/chart.tsx';
import { useMarks } from '../../state/burn-view.ts';
import type { EvidenceView } from '../../state/evidence.ts';
import { burnText } from '../../state/fact.ts';
import { hashOf } from '../../state/route.ts';
import { tracesRoute } from '../../state/trace-view.ts';
import { isOpen } from '../../state/triage.ts';
import { viewSpans } from '../../state/unwatched.ts';
import { useCore, useLoaded, useNowEvery, useRefresh } from '../../state/use-core.tsx';
import { clockUtc } from '../../ui/format.ts';
import { Empty, Problem, Skeleton } from '../../ui/state.tsx';
import {
  evidenceCeiling,
  evidenceLines,
  evidenceSpan,
  evidenceThreshold,
  readable,
} from './evidence-lines.ts';
import styles from './incident.module.css';
import { IncidentAlerts } from './incident-alerts.tsx';
import { Timeline } from './timeline.tsx';

const REFRESH_MS = 5_000;

/** The kept charts, one above the other, with one crosshair. In a small window the timeline shares their place. */
export function Evidence({ incident }: { incident: Incident }) {
  const core = useCore();
  const [pane, setPane] = useState<'evidence' | 'timeline' | 'alerts'>('evidence');
  const [whole, setWhole] = useState(false);
  const open = isOpen(incident);
  const everyMs = open ? REFRESH_MS : 0;
  useRefresh(
    `evidence:${incident.id}:${incident.evidenceCount}:${open}`,
    everyMs,
    () => void core.incident.loadEvidence(incident.id, open ? core.clock.getState().nowAt : null),
  );
  const loaded = useLoaded(core.incident.evidence, incident.id);
  const views = loaded.value;
  const firstAt = views ? Math.min(...views.map((one) => one.chart.fromAt)) : null;
  return (
    <section className={`pane ${styles.evidence}`} aria-label="Evidence">
      <div className="pane-head">
        <div className="tabs">
          <button
            type="button"
            className="only-narrow"
            aria-pressed={pane === 'timeline'}
            data-on={pane === 'timeline' || undefined}
            onClick={() => setPane('timeline')}
          >
            Timeline <span className="t3">{incident.timelineSeq}</span>
          </button>
          <button
            type="button"
            aria-pressed={pane === 'evidence'}
            data-on={pane === 'evidence' || undefined}
            onClick={() => setPane('evidence')}
          >
            Evidence <span className="t3">{incident.evidenceCount}</span>
          </button>
          <button
            type="button"
            aria-pressed={pane === 'alerts'}
            data-on={pane === 'alerts' || undefined}
            onClick={() => setPane('alerts')}
          >
            Alerts <span className="t3">{incident.alertIds.length}</span>
          </button>
        </div>
        <span className="push line s12 num">
          <TracesLink incident={incident} />
          {pane === 'evidence' && firstAt !== null && Number.isFinite(firstAt) && (
            <button
              type="button"
              className="link"
              title="A double click on a chart does the same"
              onClick={() => setWhole(!whole)}
            >
              {whole ? 'Show the incident' : `Show all kept, from ${clockUtc(firstAt)} UTC`}
            </button>
          )}
        </span>
      </div>
      {pane === 'alerts' && <IncidentAlerts incident={incident} />}
      {pane === 'timeline' && (
        <div className={styles.inner}>
          <Timeline incident={incident} />
        </div>
      )}
      {pane === 'evidence' && (
        <>
          {loaded.failure && <Problem title="The evidence is not all here">{loaded.failure.text}</Problem>}
          {!views && loaded.loading && <Skeleton rows={9} label="Loading the evidence" />}
          {views?.length === 0 && (
            <Empty glyph="no-data" title="No evidence was kept">
              <p>No metric is named by the objective or rule that opened this incident.</p>
            </Empty>
          )}
          {views && views.length > 0 && <Charts incident={incident} views={views} whole={whole} />}
        </>
      )}
    </section>
  );
}

/** From shortly before it began, so that the last good requests stand beside the bad ones. */
function TracesLink({ incident }: { incident: Incident }) {
  const now = useNowEvery(MINUTE_MS);
  const range = {
    kind: 'between' as const,
    fromAt: Math.floor(incident.startedAt - 15 * MINUTE_MS),
    toAt: Math.ceil(Math.max(incident.resolvedAt ?? now, incident.startedAt) + MINUTE_MS),
  };
  return (
    <a className="link" href={hashOf(tracesRoute({ service: incident.service, range }))}>
      Traces of this time
    </a>
  );
}

const COLOURS = ['chart-1', 'chart-2', 'chart-3', 'chart-5', 'chart-4', 'chart-6'] as const;

/** The unit on the axis, where it is short enough to stand behind each number. */
function suffixOf(unit: string): { suffix: string; format?: (value: number) => string } {
  if (unit === '×') return { suffix: '×', format: burnText };
  return { suffix: ['%', 's', 'ms'].includes(unit) ? ` ${unit}` : '' };
}

function Charts({
  incident,
  views,
  whole,
}: {
  incident: Incident;
  views: readonly EvidenceView[];
  whole: boolean;
}) {
  const marks = useMarks(incident);
  const bare = useMemo(() => marks.map((mark) => ({ ...mark, label: '' })), [marks]);
  const now = useNowEvery(REFRESH_MS);
  const span = useMemo(() => evidenceSpan(incident, views, now), [incident, views, now]);
  const drawn = useMemo(
    () =>
      views.map(readable).map((view, index) => ({
        view,
        lines: evidenceLines(view, index, COLOURS),
        threshold: evidenceThreshold(incident, view),
        ceiling: evidenceCeiling(view),
        spans: viewSpans(view.unwatched),
      })),
    [incident, views],
  );
  return (
    <div className={styles.charts}>
      {drawn.map(({ view, lines, threshold, ceiling, spans }, index) =>
        lines === null ? (
          <p key={view.chart.id} className="t2 s12">
            <b className="t1">{view.chart.title}</b> could not be kept:{' '}
            {view.chart.missing ?? 'it has no samples'}
          </p>
        ) : (
          <div key={view.chart.id} className={index === 0 ? styles.tall : styles.one}>
            <Chart
              title={view.chart.title}
              unit={[view.chart.unit, view.chart.source].filter((one) => one !== '').join(', ')}
              link={`evidence:${incident.id}`}
              lines={lines}
              stepMs={span.stepMs}
              fromAt={span.fromAt}
              toAt={span.toAt}
              view={whole ? null : span.view}
              threshold={threshold}
              ceiling={ceiling}
              floor={null}
              marks={index === 0 ? marks : bare}
              spans={index === 0 ? spans : spans.map((one) => ({ ...one, label: '' }))}
              {...suffixOf(view.chart.unit)}
              timeAxis={index === 0 || index === drawn.length - 1}
              grow
            />
          </div>
        ),
      )}
    </div>
  );
}
