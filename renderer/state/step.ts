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

/** One line on what the step does and what it would show. */
export function stepNature(step: PlaybookStep): string {
  const parts: string[] = [];
  if (step.kind === 'check') parts.push('Reads only.');
  if (step.kind === 'manual') parts.push('A person does this and says what was seen.');
  if (step.kind === 'http')
    parts.push(
      step.confirm ? `Changes production: asks for the name “${step.confirm}”.` : 'Sends a request.',
    );
  if (step.condition) parts.push(`Only if ${conditionText(step.condition)}.`);
  if (step.indicates) parts.push(`Indicates the cause if ${conditionText(step.indicates.when)}.`);
  if (step.verify) parts.push(`Verified when ${conditionText(step.verify)}.`);
  return parts.join(' ');
}

export function conditionText(condition: Condition): string {
  if (condition.is === 'exists') return `${condition.query} has a value`;
  if (condition.is === 'absent') return `${condition.query} has no value`;
  return `${condition.query} ${condition.is}`;
}

export function requestText(request: HttpRequest): string {
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
  return [`${request.method} ${request.url}`, ...headers, ...(request.body ? ['', request.body] : [])].join(
    '\n',
  );
}
