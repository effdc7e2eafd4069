/** One step of the format. Never changed once released: a later format is a later file. */
export interface Migration {
  /** The `user_version` after it; they count up from 1 without a hole. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}
