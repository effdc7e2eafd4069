import { z } from 'zod';
import { Priority, Severity } from './priority.ts';
import { Unwatched } from './watch.ts';

/** triage → detected → responding → mitigating → resolving → recovering → postmortem → closed; beside them merged, cancelled. */
export const IncidentPhase = z.enum([
  'triage',
  'detected',
  'responding',
  'mitigating',
  'resolving',
  'recovering',
  'postmortem',
  'closed',
  'merged',
  'cancelled',
]);
export type IncidentPhase = z.infer<typeof IncidentPhase>;

export const SeveritySuggestion = z.object({
  severity: Severity,
  /** The arithmetic in words: "3.5 % of requests fail, under 50 %; P0 → SEV-2". */
  arithmetic: z.string(),
});
export type SeveritySuggestion = z.infer<typeof SeveritySuggestion>;

export const Incident = z.object({
  id: z.string(),
  /** For people: INC-0001, counted per workspace. */
  name: z.string(),
  title: z.string(),
  phase: IncidentPhase,
  severity: Severity,
  suggestion: SeveritySuggestion,
  severityConfirmedAt: z.number().nullable(),
  priority: Priority.nullable(),
  service: z.string(),
  services: z.array(z.string()),
  groupKey: z.string().nullable(),
  alertIds: z.array(z.string()),
  objectiveIds: z.array(z.string()),
  /** Grows with each change; a change that names an older one is refused. */
  revision: z.number().int(),
  /** When the condition began, as far as the alert knows. */
  startedAt: z.number(),
  openedAt: z.number(),
  acknowledgedAt: z.number().nullable(),
  acknowledgedBy: z.string().nullable(),
  mitigatedAt: z.number().nullable(),
  resolvedAt: z.number().nullable(),
  /** Error rate under budget for 3 polls. */
  recoveredAt: z.number().nullable(),
  closedAt: z.number().nullable(),
  respondByAt: z.number(),
  resolveByAt: z.number(),
  /** The playbook proposed for it, and the run if one was started. */
  playbookId: z.string().nullable(),
  runId: z.string().nullable(),
  /** Last timeline number; the window asks for the rest when it grows. */
  timelineSeq: z.number().int(),
  evidenceCount: z.number().int(),
  /** True for incidents of written history. */
  synthetic: z.boolean(),
});
export type Incident = z.infer<typeof Incident>;

export const TimelineKind = z.enum([
  'opened',
  'phase',
  'severity',
  'acknowledged',
  'alert',
  'notification',
  'note',
  'step',
  'change',
  'recovered',
  'evidence',
  'postmortem',
  'watch',
]);
export type TimelineKind = z.infer<typeof TimelineKind>;

/** Append-only. `hash` covers the entry and `previousHash`, so that a changed past shows. */
export const TimelineEntry = z.object({
  incidentId: z.string(),
  seq: z.number().int(),
  at: z.number(),
  kind: TimelineKind,
  actor: z.string(),
  title: z.string(),
  detail: z.string(),
  previousHash: z.string(),
  hash: z.string(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;
/** An entry before the store has numbered and chained it. */
export type NewTimelineEntry = Omit<TimelineEntry, 'incidentId' | 'seq' | 'previousHash' | 'hash'>;

/** Samples copied with the incident, so that its charts outlive the backend's retention. */
export const EvidenceChart = z.object({
  id: z.string(),
  incidentId: z.string(),
  title: z.string(),
  unit: z.string(),
  expression: z.string(),
  /** While it is missing: other expressions that would do, in the order in which they are asked. */
  otherExpressions: z.array(z.string()).optional(),
  source: z.string(),
  threshold: z.object({ value: z.number(), label: z.string() }).nullable(),
  fromAt: z.number(),
  toAt: z.number(),
  /** Null while the samples are kept; otherwise why they could not be had. */
  missing: z.string().nullable(),
  /** Spans in which its source was not watched; absent in evidence of before they were kept. */
  unwatched: z.array(Unwatched).optional(),
});
export type EvidenceChart = z.infer<typeof EvidenceChart>;
