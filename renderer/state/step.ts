import type { Incident } from '../../shared/model/incident.ts';
import type {
  Condition,
  HttpRequest,
  Playbook,
  PlaybookRun,
  PlaybookStep,
  StepRun,
} from '../../shared/model/playbook.ts';

/** A step of a playbook with its run, where it has one. `number` counts from 1 over both sections. */
export interface StepView {
  readonly number: number;
  readonly step: PlaybookStep;
  readonly section: 'diagnosis' | 'mitigation';
  readonly run: StepRun | null;
  /** The one that the key `r` runs now. */
  readonly next: boolean;
}

/** The playbook of an incident: running, proposed, or none. */
export interface PlaybookView {
  readonly playbook: Playbook;
  readonly run: PlaybookRun | null;
  readonly steps: readonly StepView[];
  readonly next: StepView | null;
  readonly running: StepView | null;
  readonly unknown: StepView | null;
}

export function playbookOf(
  incident: Incident,
  playbooks: ReadonlyMap<string, Playbook>,
  runs: ReadonlyMap<string, PlaybookRun>,
): PlaybookView | null {
  const run = (incident.runId && runs.get(incident.runId)) || null;
  // A run keeps the playbook as it was when it began: an edit on disk changes no run under way.
  const playbook = run?.playbook ?? (incident.playbookId ? playbooks.get(incident.playbookId) : undefined);
  if (!playbook) return null;
  const all = [
    ...playbook.diagnosis.map((step) => ({ step, section: 'diagnosis' as const })),
    ...playbook.mitigation.map((step) => ({ step, section: 'mitigation' as const })),
  ];
  const nextId = run
    ? run.nextStep === null
      ? null
      : (run.steps[run.nextStep]?.stepId ?? null)
    : (all[0]?.step.id ?? null);
  const steps = all.map(({ step, section }, index) => {
    const stepRun = run?.steps.find((one) => one.stepId === step.id && one.section === section) ?? null;
    const busy = stepRun?.phase === 'running' || stepRun?.phase === 'unknown';
    return {
      number: index + 1,
      step,
      section,
      run: stepRun,
      next: step.id === nextId && !busy && run?.endedAt == null,
    };
  });
  return {
    playbook,
    run,
    steps,
    next: steps.find((one) => one.next) ?? null,
    running: steps.find((one) => one.run?.phase === 'running') ?? null,
    unknown: steps.find((one) => one.run?.phase === 'unknown') ?? null,
  };
}

/** What a step would ask or send, as it is written; a dry run says it with its real arguments. */
export function writtenRequest(step: PlaybookStep): string {
  switch (step.kind) {
    case 'check':
      return conditionText(step.check);
    case 'manual':
      return step.instruction;
    case 'http':
      return requestText(step.request);
  }
}

/** What the step does, and what would be ordinary, in a line. */
export function stepNature(step: PlaybookStep): string {
  const parts: string[] = [];
  if (step.kind === 'check') parts.push('Reads only.');
  if (step.kind === 'manual') parts.push('A person does this and says what was seen.');
  if (step.kind === 'http')
    parts.push(
      step.confirm ? `Changes production: asks for the name “${step.confirm}”.` : 'Sends a request.',
    );
  if (step.expect) parts.push(`Expected: ${step.expect}`);
  return parts.join(' ');
}

/** A condition of a step with what it decides; the query apart from its comparison, which is never cut off. */
export interface StepCondition {
  readonly label: string;
  readonly query: string;
  readonly is: string;
}

/** All that a step asks, each question once: most checks indicate the cause exactly where they hold. */
export function stepConditions(step: PlaybookStep): StepCondition[] {
  const found: StepCondition[] = [];
  const add = (label: string, condition: Condition | undefined) => {
    if (condition) found.push({ label, query: condition.query, is: comparisonText(condition) });
  };
  const when = step.indicates?.when;
  const same =
    step.kind === 'check' && when !== undefined && conditionText(when) === conditionText(step.check);
  add('Only if', step.condition);
  if (step.kind === 'check' && !same) add('Asks whether', step.check);
  add('Indicates the cause if', when);
  add('Verified when', step.verify);
  return found;
}

function comparisonText({ is }: Condition): string {
  if (is === 'exists') return 'has a value';
  return is === 'absent' ? 'has no value' : is;
}

export function conditionText(condition: Condition): string {
  return `${condition.query} ${comparisonText(condition)}`;
}

export function requestText(request: HttpRequest): string {
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
  return [`${request.method} ${request.url}`, ...headers, ...(request.body ? ['', request.body] : [])].join(
    '\n',
  );
}
