import { z } from 'zod';
import type { Priority } from '../model/priority.ts';
import { parseDuration } from '../unit/time.ts';
import { durationBetween } from './channel-time.ts';

/** One step of a chain: whom to tell so long after a page that nobody acknowledged. */
const Step = z.strictObject({
  after: durationBetween('1m', '31d', '5m'),
  receivers: z.array(z.string().min(1)).min(1).max(50),
  sound: z.boolean().default(true),
});
export type EscalationStep = z.infer<typeof Step>;

const Chain = z
  .array(Step)
  .max(20)
  .superRefine((steps, context) => {
    for (const [index, step] of steps.entries())
      if (index > 0 && step.after <= (steps[index - 1]?.after ?? 0))
        context.addIssue({
          code: 'custom',
          message: 'expected a later time than the step before has',
          path: [index, 'after'],
        });
  });

/** A laptop is never the only pager: this receiver is another way to a person. */
export const SECOND_CHANNEL = 'second_channel';

const HOUR_MS = parseDuration('1h') ?? 0;
const FIVE_MINUTES_MS = parseDuration('5m') ?? 0;

/** Defaults of the domain terms, section 3. */
const USUAL: Readonly<Record<Priority, readonly EscalationStep[]>> = {
  P0: [{ after: FIVE_MINUTES_MS, receivers: [SECOND_CHANNEL], sound: true }],
  P1: [{ after: HOUR_MS, receivers: ['on_call_engineer'], sound: true }],
  P2: [],
  P3: [],
};

const chainOf = (priority: Priority) => Chain.default([...USUAL[priority]]);

/** What happens, by priority, while nobody acknowledges. The time counts from the page that was said last. */
export const EscalationConfig = z
  .strictObject({ P0: chainOf('P0'), P1: chainOf('P1'), P2: chainOf('P2'), P3: chainOf('P3') })
  .prefault({});
export type EscalationConfig = z.infer<typeof EscalationConfig>;
