import type { Transferable } from 'node:worker_threads';
import { CodedError } from '../../../shared/error/coded.ts';

/** Any set of functions that a worker serves. Arguments and answers must survive structured clone. */
export type WorkerApi = Readonly<Record<string, (...args: never[]) => unknown>>;

/** The same functions as the main thread sees them. */
export type Remote<Api> = {
  readonly [Name in keyof Api]: Api[Name] extends (...args: infer Args) => infer Answer
    ? (...args: Args) => Promise<Awaited<Plain<Answer>>>
    : never;
};

type Plain<Answer> =
  Answer extends Promise<infer Inner> ? Plain<Inner> : Answer extends Transfer<infer Inner> ? Inner : Answer;

/** A value whose buffers are handed over instead of copied; the giver cannot use them any more. */
export class Transfer<T> {
  readonly value: T;
  readonly buffers: readonly Transferable[];

  constructor(value: T, buffers: readonly Transferable[]) {
    this.value = value;
    this.buffers = buffers;
  }
}

/** No call has this number: the answer is about the start itself. */
export const START_FAILED = 0;

export interface CallMessage {
  readonly id: number;
  readonly name: string;
  readonly args: unknown[];
}

export type AnswerMessage =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: WireError };

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;
  readonly stack: string | undefined;
}

export function toWire(thrown: unknown): WireError {
  if (thrown instanceof CodedError) {
    const { code, message, details, retryable, stack } = thrown;
    return { code, message, details, retryable, stack };
  }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { code: 'bug', message: error.message, details: {}, retryable: false, stack: error.stack };
}

export function fromWire(error: WireError): CodedError {
  const coded = new CodedError(error.code, error.message, {
    details: error.details,
    retryable: error.retryable,
  });
  if (error.stack) coded.stack = error.stack;
  return coded;
}
