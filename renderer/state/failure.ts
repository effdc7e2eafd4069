import { ORPCError } from '@orpc/client';
import { z } from 'zod';
import { messageOf } from '../../shared/error/coded.ts';

/** A refused or failed request as the window speaks of it. `code` is the contract's, or *unreachable*. */
export interface Failure {
  readonly code: string;
  readonly text: string;
  /** The name that production asks for and the step it is for, where that is what was missing. */
  readonly confirmation: { readonly type: string; readonly stepId: string } | null;
  /** Where in the expression, of a question that cannot be read or answered. */
  readonly position?: { readonly from: number; readonly to: number };
}

const Position = z.object({ from: z.number(), to: z.number() });
const Confirmation = z.object({ type: z.string(), stepId: z.string() });

export const UNREACHABLE: Failure = {
  code: 'unreachable',
  text: 'Not done: the core does not answer. Nothing was sent; try again when the window is live.',
  confirmation: null,
};

/** `acting` where the request may have changed something: then nobody knows whether it did. */
export function failureOf(thrown: unknown, acting: boolean): Failure {
  if (!(thrown instanceof ORPCError))
    return {
      code: 'unreachable',
      text: acting
        ? `Not known whether it was done: ${messageOf(thrown)} Look before you try again.`
        : `The core did not answer: ${messageOf(thrown)} It is asked again when the window is live.`,
      confirmation: null,
    };
  const asked = Confirmation.safeParse(thrown.data);
  const position = thrown.code === 'QUERY' ? Position.safeParse(thrown.data) : undefined;
  return {
    code: thrown.code,
    text: thrown.message || `The core refused it (${thrown.code}).`,
    confirmation: thrown.code === 'CONFIRMATION_NEEDED' && asked.success ? asked.data : null,
    ...(position?.success ? { position: position.data } : {}),
  };
}
