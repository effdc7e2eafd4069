import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import { CodedError } from '../../shared/error/coded.ts';

/** What is known of the window that asks. */
export interface ApiContext {
  /** Who acts, as it stands on the timeline. */
  readonly actor: string;
}

/** The contract's builder with the window's context; each domain's file takes its part from here. */
export const procedures = implement(contract).$context<ApiContext>();

interface ContractErrors {
  NOT_FOUND(options: { message: string; data: { what: string } }): Error;
  STALE(options: { message: string; data: { revision: number | null } }): Error;
  REFUSED(options: { message: string; data: { code: string } }): Error;
  CONFIRMATION_NEEDED(options: { message: string; data: { type: string; stepId: string } }): Error;
  QUERY(options: { message: string; data: { code: string; from: number | null; to: number | null } }): Error;
  UNAVAILABLE(options: { message: string; data: { code: string } }): Error;
}

/**
 * Runs a stage's call and turns its coded errors into the contract's. What has no code is a bug: it goes on as it is,
 * is logged by the transport, and reaches the window as an internal error without its details.
 */
export async function answering<T>(errors: ContractErrors, call: () => Promise<T> | T): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    if (!(thrown instanceof CodedError)) throw thrown;
    throw toContract(errors, thrown);
  }
}

function toContract(errors: ContractErrors, error: CodedError): Error {
  const { code, message, details } = error;
  if (code === 'not-found' || code.endsWith('-not-found') || code.startsWith('unknown-')) {
    return errors.NOT_FOUND({ message, data: { what: code } });
  }
  if (code === 'stale-revision') {
    return errors.STALE({
      message,
      data: { revision: typeof details.revision === 'number' ? details.revision : null },
    });
  }
  if (code === 'confirmation-needed') {
    const word = (name: string) => (typeof details[name] === 'string' ? details[name] : '');
    return errors.CONFIRMATION_NEEDED({ message, data: { type: word('type'), stepId: word('stepId') } });
  }
  if (error.retryable) return errors.UNAVAILABLE({ message, data: { code } });
  if (code === 'bug') return error;
  return errors.REFUSED({ message, data: { code } });
}
