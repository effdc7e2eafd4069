import type { ReceiveProblem } from '../received.ts';

/**
 * A body of a few megabytes can be written so that it unfolds into millions of objects. No honest batch comes near this:
 * ten thousand points with ten attributes each are a third of it.
 */
export const ELEMENTS_MAX = 500_000;
/** Longer texts are cut where they are read; labels and attributes have narrower limits of their own. */
export const TEXT_BYTES_MAX = 64 * 1024;

/** Ends the reading of a body that is not what it says, or is too much. Never leaves this folder. */
export class Unreadable extends Error {
  readonly problem: ReceiveProblem;

  constructor(problem: ReceiveProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

export function malformed(what: string): Unreadable {
  return new Unreadable({
    status: 400,
    message: `The body is not what OTLP describes: ${what}. Nothing of it was taken; look at the exporter's protocol setting.`,
  });
}

export function tooMuch(what: string): Unreadable {
  return new Unreadable({
    status: 413,
    message: `${what} Nothing of it was taken; let the exporter send smaller batches.`,
  });
}

/** What reading one body may still cost. */
export interface Budget {
  readonly depthMax: number;
  elements: number;
}

export function budgetFor(depthMax: number): Budget {
  return { depthMax, elements: ELEMENTS_MAX };
}

export function spend(budget: Budget, elements: number): void {
  budget.elements -= elements;
  if (budget.elements < 0)
    throw tooMuch(`The body unfolds into more than ${ELEMENTS_MAX.toLocaleString('en-US')} values.`);
}

export function checkDepth(budget: Budget, depth: number): void {
  if (depth > budget.depthMax) throw malformed(`it is nested deeper than ${budget.depthMax} levels`);
}
