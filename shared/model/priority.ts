import { z } from 'zod';

/** P0 customer-impacting, now · P1 degradation, within 1 h · P2 performance, within 24 h · P3 maintenance. */
export const Priority = z.enum(['P0', 'P1', 'P2', 'P3']);
export type Priority = z.infer<typeof Priority>;

/** 0 is the most urgent. */
export function priorityRank(priority: Priority): number {
  return Number(priority.slice(1));
}

export const Severity = z.enum(['SEV-1', 'SEV-2', 'SEV-3']);
export type Severity = z.infer<typeof Severity>;
