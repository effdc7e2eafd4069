import { ORPCError } from '@orpc/client';
import { messageOf } from '../../shared/error/coded.ts';

/** Why a line ended, in words for a person. */
export interface EndOfLine {
  readonly problem: string;
  /** The core was there and said so: to ask whether it runs would lead nowhere. */
  readonly answered: boolean;
}

/** What was thrown when a line broke or could not be opened. A refusal of the core's own is a bug, never a lost line. */
export function endOfLine(thrown: unknown): EndOfLine {
  if (thrown instanceof ORPCError && !thrown.defined)
    return {
      problem: `The core runs, but could not send its state: a bug in Midwatch, please report it (${thrown.code}).`,
      answered: true,
    };
  return { problem: sentence(messageOf(thrown)), answered: thrown instanceof ORPCError };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
