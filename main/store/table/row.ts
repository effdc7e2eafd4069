import type { z } from 'zod';
import { messageOf } from '../../../shared/error/coded.ts';

/** Hears of a row that could not be read: it costs that row, not the application. */
export type OnUnreadable = (table: string, id: string, problem: string) => void;

/** Parses one row's JSON; undefined, and said, where it is not what its table holds. */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  row: { readonly id: string; readonly body: string },
  table: string,
  onUnreadable: OnUnreadable,
): z.infer<Schema> | undefined {
  try {
    return schema.parse(JSON.parse(row.body));
  } catch (thrown) {
    onUnreadable(table, row.id, messageOf(thrown));
    return undefined;
  }
}

/** The rows that could be read. */
export function readBodies<Schema extends z.ZodType>(
  schema: Schema,
  rows: readonly { readonly id: string; readonly body: string }[],
  table: string,
  onUnreadable: OnUnreadable,
): z.infer<Schema>[] {
  return rows.flatMap((row) => readBody(schema, row, table, onUnreadable) ?? []);
}
