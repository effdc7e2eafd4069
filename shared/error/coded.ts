/**
 * An error with a code that programs act on and a message that people act on.
 * `message` says what happened, what it means and what to do; `details` is plain data for the caller.
 */
export class CodedError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly details: Readonly<Record<string, unknown>>;
  /** Whether the same call may succeed later unchanged. */
  readonly retryable: boolean;

  constructor(
    code: Code,
    message: string,
    options: { details?: Readonly<Record<string, unknown>>; retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CodedError';
    this.code = code;
    this.details = options.details ?? {};
    this.retryable = options.retryable ?? false;
  }
}

/** The message of anything that was thrown, for a log line or a reason; never empty. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name;
  return typeof thrown === 'string' && thrown !== '' ? thrown : `unknown error: ${JSON.stringify(thrown)}`;
}
