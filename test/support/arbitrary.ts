import fc from 'fast-check';
import type { EvidenceWrite, JournalRecord, VerdictRecord } from '../../main/store/index.ts';
import { Alert, AlertKind, AlertPhase, StageVerdict } from '../../shared/model/alert.ts';
import {
  type Incident,
  IncidentPhase,
  type NewTimelineEntry,
  TimelineKind,
} from '../../shared/model/incident.ts';
import { Delivery, ReceiverKind } from '../../shared/model/notification.ts';
import { type PlaybookRun, StepPhase } from '../../shared/model/playbook.ts';
import { type Postmortem, SectionId } from '../../shared/model/postmortem.ts';
import { Priority, Severity } from '../../shared/model/priority.ts';
import { NOW } from './incident.ts';

/** What labels, titles and answers of targets may hold: all of Unicode, and what breaks formats. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    'tail \udfff',
    "'); DROP TABLE incident; --",
    '<img src=x onerror=alert(1)>',
    '${vars.fleet}',
    '$& $1 $`',
    '"\\"',
    '__proto__',
    '\u202egnp.exe',
    'a\r\nb',
    '\u2028',
    '| a | b |',
    '../../etc/passwd',
    '🧯🏽',
    'x'.repeat(300),
  ),
);
/** Text without half characters, which no file can keep. */
export const wholeText = hostileText.map((text) => text.toWellFormed());

export const instant = fc.integer({ min: NOW - 90 * 86_400_000, max: NOW + 90 * 86_400_000 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const id = fc.uuid();
/** Without a negative zero, which JSON does not tell from zero. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one + 0);
/** Names as metric systems allow them; values are anything. */
export const labelsOf = (value: fc.Arbitrary<string> = hostileText) =>
  fc.dictionary(fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,12}$/), value, { maxKeys: 6 });

export const priority = fc.constantFrom(...Priority.options);
export const severity = fc.constantFrom(...Severity.options);

export const stageVerdict: fc.Arbitrary<StageVerdict> = fc.record({
  stage: fc.constantFrom(...StageVerdict.shape.stage.options),
  outcome: fc.constantFrom(...StageVerdict.shape.outcome.options),
  reason: hostileText,
  at: instant,
  definedAt: maybe(hostileText),
});
export const verdictRecord: fc.Arbitrary<VerdictRecord> = fc
  .tuple(stageVerdict, id)
  .map(([verdict, alertId]) => ({ ...verdict, alertId }));

export const alert: fc.Arbitrary<Alert> = fc
  .record({
    id,
    ruleId: hostileText,
    kind: fc.constantFrom(...AlertKind.options),
    labels: labelsOf(),
    title: hostileText,
    service: hostileText,
    priority,
    phase: fc.constantFrom(...AlertPhase.options),
    reason: hostileText,
    definedAt: hostileText,
    activeSinceAt: maybe(instant),
    firedAt: maybe(instant),
    resolvedAt: maybe(instant),
    lastEvaluatedAt: instant,
    value: maybe(number),
    threshold: maybe(number),
    acknowledgement: maybe(fc.record({ by: hostileText, at: instant, untilAt: maybe(instant) })),
    receivers: fc.array(hostileText, { maxLength: 3 }),
    groupKey: hostileText,
    incidentId: maybe(id),
    verdicts: fc.array(stageVerdict, { maxLength: 4 }),
  })
  .map((made) => Alert.parse(made));

export const newEntry: fc.Arbitrary<NewTimelineEntry> = fc.record({
  at: instant,
  kind: fc.constantFrom(...TimelineKind.options),
  actor: wholeText,
  title: wholeText,
  detail: wholeText,
});

export const draft: fc.Arbitrary<Omit<Incident, 'name' | 'timelineSeq' | 'evidenceCount'>> = fc.record({
  id,
  title: hostileText,
  phase: fc.constantFrom(...IncidentPhase.options),
  severity,
  suggestion: fc.record({ severity, arithmetic: hostileText }),
  severityConfirmedAt: maybe(instant),
  priority: maybe(priority),
  service: hostileText,
  services: fc.array(hostileText, { maxLength: 3 }),
  // The unique group of open incidents is tried by tests of its own.
  groupKey: fc.constant(null),
  alertIds: fc.array(id, { maxLength: 3 }),
  objectiveIds: fc.array(hostileText, { maxLength: 3 }),
  revision: fc.constant(1),
  startedAt: instant,
  openedAt: instant,
  acknowledgedAt: maybe(instant),
  acknowledgedBy: maybe(hostileText),
  mitigatedAt: maybe(instant),
  resolvedAt: maybe(instant),
  recoveredAt: maybe(instant),
  closedAt: maybe(instant),
  respondByAt: instant,
  resolveByAt: instant,
  playbookId: maybe(hostileText),
  runId: maybe(id),
  synthetic: fc.boolean(),
});

/** Ascending whole milliseconds with any number beside each: NaN is a value too. */
export const samples = fc
  .uniqueArray(instant, { maxLength: 40 })
  .chain((times) =>
    fc.tuple(
      fc.constant(Float64Array.from(times.sort((a, b) => a - b))),
      fc.array(fc.double(), { minLength: times.length, maxLength: times.length }),
    ),
  )
  .map(([times, values]) => ({ times, values: Float64Array.from(values) }));

export const evidenceOf = (incidentId: string): fc.Arbitrary<EvidenceWrite> =>
  fc
    .record({
      chart: fc.record({
        id,
        incidentId: fc.constant(incidentId),
        title: hostileText,
        unit: hostileText,
        expression: hostileText,
        source: hostileText,
        threshold: maybe(fc.record({ value: number, label: hostileText })),
        fromAt: instant,
        toAt: instant,
        missing: fc.constant(null),
      }),
      series: fc.uniqueArray(
        fc.tuple(labelsOf(wholeText), samples).map(([labels, rest]) => ({ labels, ...rest })),
        { maxLength: 3, selector: ({ labels }) => JSON.stringify(Object.entries(labels).sort()) },
      ),
    })
    .map((write) => write);

const step = fc.record({
  stepId: hostileText,
  section: fc.constantFrom('diagnosis' as const, 'mitigation' as const),
  phase: fc.constantFrom(...StepPhase.options),
  attempt: fc.nat(9),
  startedAt: maybe(instant),
  endedAt: maybe(instant),
  actor: maybe(hostileText),
  input: maybe(hostileText),
  output: maybe(hostileText),
  reason: maybe(hostileText),
  verified: maybe(hostileText),
});

export const run: fc.Arbitrary<PlaybookRun> = fc.record({
  id,
  playbook: fc.record({
    id: hostileText,
    title: hostileText,
    description: hostileText,
    services: fc.array(hostileText, { maxLength: 2 }),
    objectives: fc.array(hostileText, { maxLength: 2 }),
    diagnosis: fc.constant([]),
    mitigation: fc.constant([]),
    definedAt: hostileText,
  }),
  incidentId: id,
  startedAt: instant,
  endedAt: maybe(instant),
  revision: fc.constant(1),
  steps: fc.array(step, { maxLength: 4 }),
  nextStep: maybe(fc.nat(4)),
  rootCause: maybe(hostileText),
});

export const journalOf = (runId: string): fc.Arbitrary<JournalRecord> =>
  fc.record({
    id,
    runId: fc.constant(runId),
    stepId: wholeText,
    attempt: fc.nat(9),
    idempotencyKey: wholeText,
    intent: wholeText,
    intendedAt: instant,
    outcome: fc.constant(null),
    endedAt: fc.constant(null),
  });

export const delivery: fc.Arbitrary<Delivery> = fc.record({
  id,
  receiver: hostileText,
  kind: fc.constantFrom(...ReceiverKind.options),
  page: fc.record({
    title: hostileText,
    body: hostileText,
    priority,
    incidentId: maybe(id),
    groupKey: hostileText,
    sound: fc.boolean(),
    resolved: fc.boolean(),
  }),
  alertIds: fc.array(id, { maxLength: 3 }),
  createdAt: instant,
  expiresAt: instant,
  attempts: fc.nat(50),
  nextTryAt: maybe(instant),
  state: fc.constantFrom(...Delivery.shape.state.options),
  sentAt: maybe(instant),
  reason: hostileText,
  problem: maybe(hostileText),
});

export const postmortemOf = (incidentId: string): fc.Arbitrary<Postmortem> =>
  fc.record({
    incidentId: fc.constant(incidentId),
    title: hostileText,
    revision: fc.constant(1),
    draftedAt: instant,
    savedAt: instant,
    sections: fc.tuple(
      ...SectionId.options.map((sectionId) =>
        fc.record({
          id: fc.constant(sectionId),
          title: hostileText,
          text: hostileText,
          origin: fc.constantFrom('drafted' as const, 'written' as const, 'empty' as const),
        }),
      ),
    ),
  });
