/** What an operator can meet is a Result; what is a bug throws. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function err<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/** Ends a switch over a union: a case that was forgotten does not compile, one that slips through throws. */
export function assertNever(value: never): never {
  throw new Error(
    `A case is missing for ${JSON.stringify(value)}: this is a bug in Midwatch, please report it.`,
  );
}
