import type { WorkspaceEditInput } from '../../shared/config/edit.ts';
import { ANNOTATION, OpenSloFile } from '../../shared/config/objective.ts';
import type { ObjectiveKind } from '../../shared/model/objective.ts';
import type { ObjectiveProposal } from '../../shared/model/proposal.ts';
import { parseDuration } from '../../shared/unit/time.ts';

/** An objective while it is being written, as its fields have it. */
export interface ObjectiveDraft {
  readonly kind: ObjectiveKind;
  readonly name: string;
  readonly service: string;
  readonly source: string;
  /** Which part of a ratio is written beside the total. */
  readonly part: 'good' | 'bad';
  readonly counted: string;
  readonly total: string;
  /** Latency: milliseconds. Throughput: events a second. Accuracy: the least value. */
  readonly limit: string;
  readonly target: string;
  readonly period: string;
  readonly policy: string;
}

export const EMPTY_DRAFT: ObjectiveDraft = {
  kind: 'availability',
  name: '',
  service: '',
  source: '',
  part: 'bad',
  counted: '',
  total: '',
  limit: '',
  target: '99.9',
  period: '28d',
  policy: 'midwatch',
};

/** What is missing or wrong; null where a document can be made. */
export function draftProblem(draft: ObjectiveDraft): string | null {
  if (draft.name.trim() === '') return 'Give it a name.';
  if (draft.service.trim() === '') return 'Name the service that it is for.';
  if (draft.total.trim() === '')
    return draft.kind === 'accuracy' ? 'Write what is measured, in PromQL.' : 'Write what counts all events.';
  if (draft.kind !== 'accuracy' && draft.counted.trim() === '')
    return `Write what counts the ${partOf(draft)} events.`;
  if (draft.kind !== 'availability' && !(Number(draft.limit.trim() || 'none') >= 0))
    return LIMITS[draft.kind];
  const target = Number(draft.target.replace(',', '.').trim() || 'none');
  if (!(target > 0 && target < 100))
    return 'Write the target as a percentage above 0 and below 100, such as 99.9.';
  return (parseDuration(draft.period.trim()) ?? 0) > 0
    ? null
    : 'Write the period as a duration, such as 28d.';
}

const LIMITS = {
  latency: 'Write the threshold in milliseconds; it must be a bucket boundary.',
  throughput: 'Write the minimum in events a second.',
  accuracy: 'Write the least value that is good, such as 0.9.',
} as const;

/** Latency and throughput count what is good: a bucket, and what was served. */
export function partOf({ kind, part }: ObjectiveDraft): 'good' | 'bad' {
  return kind === 'availability' ? part : 'good';
}

/** The OpenSLO document of a draft that has no problem. */
export function draftDocument(draft: ObjectiveDraft) {
  const { kind, name, service, source, policy, total } = draft;
  const id = identifier(name);
  const annotations = {
    ...(source === '' ? {} : { [ANNOTATION.source]: source }),
    ...(policy === EMPTY_DRAFT.policy ? {} : { [ANNOTATION.policy]: policy }),
    ...(kind === 'latency' ? { [ANNOTATION.threshold]: `${draft.limit.trim()}ms` } : {}),
    ...(kind === 'accuracy' ? { [ANNOTATION.kind]: kind } : {}),
  };
  const isSliced = kind === 'throughput' || kind === 'accuracy';
  const target = { targetPercent: Number(draft.target.replace(',', '.')) };
  return {
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    metadata: {
      name: id,
      displayName: name.trim(),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: {
      service: service.trim(),
      indicator: {
        spec:
          kind === 'accuracy'
            ? { thresholdMetric: metric(total) }
            : {
                ratioMetric: {
                  counter: true,
                  [partOf(draft)]: metric(draft.counted),
                  total: metric(total),
                },
              },
      },
      timeWindow: [{ duration: draft.period.trim(), isRolling: true }],
      budgetingMethod: isSliced ? 'Timeslices' : 'Occurrences',
      objectives: [isSliced ? { op: 'gte', value: Number(draft.limit), ...target } : target],
    },
  };
}

function metric(query: string) {
  return { metricSource: { type: 'Prometheus', spec: { query: query.trim() } } };
}

/** The edits that save it: its own file, and the service where the workspace does not know it yet. */
export function draftEdits(draft: ObjectiveDraft, services: ReadonlySet<string>): WorkspaceEditInput[] {
  const service = draft.service.trim();
  const document = draftDocument(draft);
  return [
    ...(services.has(service)
      ? []
      : [
          {
            kind: 'insert' as const,
            file: 'services.yaml',
            path: ['services'],
            value: { id: service, tier: 3 },
          },
        ]),
    { kind: 'create', folder: 'slos', id: document.metadata.name, documents: [document] },
  ];
}

/** The fields of what was proposed, to be changed before it is saved; null where its document cannot be taken apart. */
export function draftOfProposal(proposal: ObjectiveProposal, source: string): ObjectiveDraft | null {
  const read = OpenSloFile.safeParse(proposal.document);
  const ratio = read.data?.spec.indicator?.spec.ratioMetric;
  if (!read.success || !ratio) return null;
  const part = ratio.bad ? 'bad' : 'good';
  const thresholdMs = parseDuration(read.data.metadata.annotations[ANNOTATION.threshold] ?? '');
  return {
    ...EMPTY_DRAFT,
    source,
    part,
    kind: proposal.kind,
    name: proposal.title.replaceAll(':', ''),
    service: proposal.service,
    counted: (ratio.bad ?? ratio.good)?.metricSource.spec.query ?? '',
    total: ratio.total.metricSource.spec.query,
    limit: thresholdMs === undefined ? '' : String(thresholdMs),
    target: String(Number((proposal.target * 100).toPrecision(12))),
  };
}

/** A name as an identifier: letters, digits, `-`, `_` and `.`. */
export function identifier(name: string): string {
  const id = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 100);
  return id === '' ? 'unnamed' : id;
}
