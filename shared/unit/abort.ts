/** The part of the platform's AbortSignal that is used here; `shared` knows neither Node nor the DOM. */
export interface Abort {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
