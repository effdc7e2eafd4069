import { err, ok, type Result } from '../../shared/error/result.ts';
import type { CatalogueFile } from '../../shared/model/catalogue.ts';
import type { QueryError, QueryTarget } from '../../shared/model/metric.ts';
import type { Discovery } from '../../shared/model/proposal.ts';
import type { Abort } from '../../shared/unit/abort.ts';
import { DAY_MS } from '../../shared/unit/time.ts';
import { type Asking, createAsking } from './ask.ts';
import { type Match, matchSignals } from './match.ts';
import { proposeObjective, type Subject } from './objective.ts';
import { exactly, nameOf } from './selector.ts';

export interface DiscoverDeps {
  readonly catalogue: readonly CatalogueFile[];
  readonly now: number;
  readonly signal?: Abort;
  readonly onProgress: (done: number, of: number, what: string) => void;
}

/** What the workspace has already: it is not proposed again. */
export interface Known {
  readonly services: ReadonlySet<string>;
  readonly objectives: ReadonlySet<string>;
  readonly detectors: ReadonlySet<string>;
}

const METRICS_MAX = 20_000;
const OBJECTIVES_MAX = 200;
const HOUR_MS = DAY_MS / 24;
/** `10.0.0.1:9100`, `[::1]:9100`, `node-1.example:9100`. */
const ADDRESS = /^(?:\[[0-9a-f:]+\]|[^\s/:]+):\d{1,5}$/i;
/** How far back a metric goes is found by asking at these distances; an objective's period is the longest. */
const PASTS_MS = [
  28 * DAY_MS,
  14 * DAY_MS,
  7 * DAY_MS,
  3 * DAY_MS,
  DAY_MS,
  6 * HOUR_MS,
  HOUR_MS,
  HOUR_MS / 6,
];

interface Draft {
  readonly services: Map<string, { reason: string }>;
  readonly objectives: Map<string, Discovery['objectives'][number]>;
  readonly detectors: Map<string, Discovery['detectors'][number]>;
  readonly notes: string[];
}

/** Looks at what a source has. Fails only where its metrics cannot be listed; what fails later is noted. */
export async function discover(
  target: QueryTarget,
  sourceId: string,
  known: Known,
  deps: DiscoverDeps,
): Promise<Result<Discovery, QueryError>> {
  deps.onProgress(0, 1, 'Listing the metrics');
  const listed = await target.names?.metrics({
    limit: METRICS_MAX,
    ...(deps.signal ? { signal: deps.signal } : {}),
  });
  if (listed && !listed.ok) return err(listed.error);
  const names = new Set(listed?.value.metrics.map((metric) => metric.name) ?? []);
  const matches = matchSignals(deps.catalogue, names);
  const draft: Draft = { services: new Map(), objectives: new Map(), detectors: new Map(), notes: [] };
  if (listed && !listed.value.complete)
    draft.notes.push(`The source has more than ${METRICS_MAX} metrics; the first of them were looked at.`);
  const ask = createAsking(target, deps.now, deps.signal);
  const useful = matches.filter(({ signal }) => signal.objectives.length > 0 || signal.detector);
  for (const [index, match] of useful.entries()) {
    if (deps.signal?.aborted) break;
    deps.onProgress(index, useful.length, match.metric);
    await lookAt(match, sourceId, known, draft, ask, deps.now);
  }
  deps.onProgress(useful.length, useful.length, 'Done');
  noteProblems(draft, ask);
  return ok(resultOf(draft, matches, names.size, known));
}

async function lookAt(
  match: Match,
  sourceId: string,
  known: Known,
  draft: Draft,
  ask: Asking,
  now: number,
): Promise<void> {
  const labels = new Set(await ask.labelNames(match.series));
  const { signal, convention } = match;
  if (signal.needs.length > 0 && !signal.needs.some((label) => labels.has(label))) {
    draft.notes.push(
      `${match.metric} has none of the labels ${signal.needs.join(', ')}, so nothing is proposed from it.`,
    );
    return;
  }
  const candidates = (signal.service ?? convention.service).filter((one) => labels.has(one));
  const naming = await namingLabel(candidates, match.series, ask);
  if (!naming) return;
  const { label, values } = naming;
  if (!values.complete && values.names.length > 0)
    draft.notes.push(
      `${match.metric} names more than ${values.names.length} services by ${label}; the first of them are proposed.`,
    );
  const historyMs = values.names.length > 0 ? await pastOf(match.series, ask, now) : null;
  for (const value of values.names) {
    const id = nameOf(value);
    if (id === '') continue;
    const subject: Subject = { id, matcher: exactly(label, value), sourceId, labels, historyMs };
    await proposeFor(match, subject, known, draft, ask);
    if (draft.objectives.size >= OBJECTIVES_MAX) {
      draft.notes.push(`More than ${OBJECTIVES_MAX} objectives could be proposed; these are the first.`);
      return;
    }
    if (!draft.services.has(id))
      draft.services.set(id, { reason: `${match.metric} has ${subject.matcher} (${convention.title})` });
  }
}

/**
 * The first label that names services. Where all values of one are addresses it names machines, which come and go: what
 * stands behind it groups them, as the job of all node exporters does.
 */
async function namingLabel(candidates: readonly string[], series: string, ask: Asking) {
  for (const [index, label] of candidates.entries()) {
    const values = await ask.labelValues(label, series);
    const addresses = values.names.length > 0 && values.names.every((one) => ADDRESS.test(one));
    if (!addresses || index === candidates.length - 1) return { label, values };
  }
  return null;
}

async function proposeFor(
  match: Match,
  subject: Subject,
  known: Known,
  draft: Draft,
  ask: Asking,
): Promise<void> {
  for (const template of match.signal.objectives) {
    const id = `${subject.id}-${template.kind}`;
    // The first of several conventions that count the same requests has been taken.
    if (draft.objectives.has(id)) continue;
    if (known.objectives.has(id)) {
      draft.notes.push(`The objective ${id} is there already.`);
      continue;
    }
    const { proposal, note } = await proposeObjective(template, match, subject, ask);
    if (proposal) draft.objectives.set(id, proposal);
    if (note !== null) draft.notes.push(note);
  }
  const { detector } = match.signal;
  const id = nameOf(`${subject.id}-${match.signal.id}`);
  if (!detector || known.detectors.has(id)) return;
  const query = detector.query.replaceAll('{$selector}', `{${subject.matcher}}`);
  const { unit, window, threshold, priority } = detector;
  const title = `${subject.id}: ${detector.title}`;
  draft.detectors.set(id, {
    id,
    service: subject.id,
    title,
    query,
    reason: `${match.signal.means} It learns from ${window} points and says when ${threshold} σ are left; as ${priority} it pages nobody.`,
    document: {
      id,
      title,
      service: subject.id,
      source: subject.sourceId,
      query,
      unit,
      window,
      threshold,
      priority,
    },
  });
}

/** The longest past that the metric has, found from far to near; null where it is younger than all. */
async function pastOf(series: string, ask: Asking, now: number): Promise<number | null> {
  for (const pastMs of PASTS_MS)
    if ((await ask.number(`count(${series})`, now - pastMs)) !== null) return pastMs;
  return null;
}

function noteProblems(draft: Draft, ask: Asking): void {
  const problems = ask.problems();
  const [first] = problems;
  if (first) draft.notes.push(`${problems.length} questions were not answered, the first: ${first.message}`);
  if (ask.spent())
    draft.notes.push('The source was asked as much as one look may ask; the rest was left out.');
}

function resultOf(draft: Draft, matches: readonly Match[], metrics: number, known: Known): Discovery {
  const needed = new Set(
    [...draft.objectives.values(), ...draft.detectors.values()].map((one) => one.service),
  );
  return {
    metrics,
    signals: matches.map(({ signal, metric, convention }) => ({
      id: signal.id,
      metric,
      means: signal.means,
      dimension: signal.dimension,
      convention: convention.title,
    })),
    services: [...draft.services]
      .filter(([id]) => needed.has(id) || !known.services.has(id))
      .map(([id, { reason }]) => ({ id, known: known.services.has(id), reason, document: { id, tier: 3 } })),
    objectives: [...draft.objectives.values()],
    detectors: [...draft.detectors.values()],
    notes: draft.notes,
  };
}
