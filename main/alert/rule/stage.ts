import type { Alert, StageVerdict } from '../../../shared/model/alert.ts';
import type { Observation } from '../../../shared/model/observation.ts';
import type { Service } from '../../../shared/model/service.ts';

export type StageName = StageVerdict['stage'];

/** An observation on its way through the intake: what is known of it so far, and the alert it speaks of. */
export interface Draft {
  readonly observation: Observation;
  /** Fingerprint of its labels. */
  readonly id: string;
  /** The alert as it was before; null where there is none yet. */
  readonly existing: Alert | null;
  readonly service: Service | null;
}

/** What intake stages may ask; all of it is data, so that the stages stay pure. */
export interface IntakeContext {
  readonly now: number;
  readonly services: ReadonlyMap<string, Service>;
  /** The source that makes this rule blind now, with the reason; null while it is watching. */
  readonly blindedBy: (ruleId: string) => string | null;
  readonly rivals: (id: string) => readonly Observation[];
}

/** What one stage of the intake says of one observation. A stage that stops a draft still leaves its verdict. */
export type IntakeAnswer =
  | { readonly kind: 'pass'; readonly draft: Draft; readonly verdict: StageVerdict }
  | { readonly kind: 'stop'; readonly verdict: StageVerdict };

export interface IntakeStage {
  readonly name: StageName;
  readonly decide: (draft: Draft, context: IntakeContext) => IntakeAnswer;
}

export function verdictOf(
  stage: StageName,
  outcome: StageVerdict['outcome'],
  reason: string,
  at: number,
  definedAt: string | null = null,
): StageVerdict {
  return { stage, outcome, reason, at, definedAt };
}

/** The latest verdict of each stage, in pipeline order; a stage that is not there shows none. */
export function withVerdict(alert: Alert, verdict: StageVerdict, order: readonly StageName[]): Alert {
  const others = alert.verdicts.filter((one) => one.stage !== verdict.stage);
  const verdicts = [...others, verdict].sort((a, b) => order.indexOf(a.stage) - order.indexOf(b.stage));
  return { ...alert, verdicts };
}

/**
 * Whether a verdict says something new. Numbers that move with each poll are not news:
 * without this, each alert would write a row a second.
 */
export function isNews(alert: Alert | null, verdict: StageVerdict): boolean {
  const last = alert?.verdicts.find((one) => one.stage === verdict.stage);
  if (!last || last.outcome !== verdict.outcome) return true;
  return withoutNumbers(last.reason) !== withoutNumbers(verdict.reason);
}

function withoutNumbers(text: string): string {
  return text.replace(/[\d.,:∞−-]+(?: (?:ms|s|m|h|d)\b)?/g, '#').replace(/#(?: #)*/g, '#');
}
