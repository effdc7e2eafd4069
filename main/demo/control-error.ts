/** What an operator of the control API can meet; the code decides the HTTP status. */
export interface ControlError {
  readonly code:
    | 'invalid'
    | 'unauthorised'
    | 'not-found'
    | 'method'
    | 'conflict'
    | 'too-large'
    | 'media-type'
    | 'key-reused';
  readonly message: string;
}

export const CONTROL_STATUS: Readonly<Record<ControlError['code'], number>> = {
  invalid: 400,
  unauthorised: 401,
  'not-found': 404,
  method: 405,
  conflict: 409,
  'too-large': 413,
  'media-type': 415,
  'key-reused': 422,
};

export function conflict(message: string): ControlError {
  return { code: 'conflict', message };
}

export function invalid(message: string): ControlError {
  return { code: 'invalid', message };
}
