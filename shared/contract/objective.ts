import { oc } from '@orpc/contract';
import { z } from 'zod';
import { WorkspaceEdit } from '../config/edit.ts';
import { Correction } from '../model/correction.ts';
import { PolicyRow } from '../model/objective.ts';
import { ComplianceLine, ObjectiveHistory, SpentBy, WhatIf } from '../model/objective-history.ts';
import { contractErrors } from './error.ts';

const base = oc.errors(contractErrors);
const Id = z.string().max(200);
const At = z.number().int();
const Range = { fromAt: At, toAt: At };
const Fraction = z.number().gt(0).lt(1);
/** A name that the window gives to a long look, to ask how far it is. */
const Ask = z.string().min(1).max(64);
const Asked = { ask: Ask.optional() };
/** What a person would change of an objective. */
const Change = z.object({
  target: Fraction.optional(),
  thresholdMs: z.number().positive().optional(),
  policy: Id.optional(),
});
const DAYS_MAX_MS = 400 * 86_400_000;

export const objectiveContract = {
  /** The policies there are, for a choice. */
  policies: base.output(
    z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        source: z.string(),
        raiseToOne: z.boolean(),
        minimumFailures: z.number(),
        minimumEvents: z.number(),
      }),
    ),
  ),
  /** A policy's rows for a target and period: thresholds, what can never fire and why, detection times at 1, 10 and 100 % errors. */
  detectionTimes: base
    .input(z.object({ target: Fraction, periodMs: z.number().int().positive().max(DAYS_MAX_MS), policy: Id }))
    .output(z.object({ rows: z.array(PolicyRow), warnings: z.array(z.string()) })),
  /** Which alerts the objective as it is would have had over this stretch, by replay; the range is at most 400 d. */
  alertHistory: base.input(z.object({ objectiveId: Id, ...Asked, ...Range })).output(ObjectiveHistory),
  /** The same for a changed target, threshold or policy, beside the present one. A threshold must be a bucket boundary. */
  whatIf: base
    .input(
      z.object({
        objectiveId: Id,
        change: Change,
        ...Asked,
        ...Range,
      }),
    )
    .output(WhatIf),
  /** The edits of its file that save such a change, to be looked at and then applied; `notes` say what else they change. */
  changeEdits: base
    .input(z.object({ objectiveId: Id, change: Change }))
    .output(z.object({ edits: z.array(WorkspaceEdit), notes: z.array(z.string()) })),
  /** How far a look under way is, in questions; nothing where it is not known, or is over. */
  progress: base
    .input(z.object({ ask: Ask }))
    .output(z.object({ done: z.number().int(), all: z.number().int() }).nullable()),
  /**
   * A document that is not saved yet over the past, for the wizard: the value, budget and alerts of each of its objectives.
   * REFUSED `document-refused` where it is no OpenSLO document, with what to write.
   */
  tryOut: base
    .input(z.object({ source: Id, document: z.json(), ...Asked, ...Range }))
    .output(z.array(z.object({ title: z.string(), target: z.number(), history: ObjectiveHistory }))),
  /** Who spent the budget, by a label of the series; without one the label that tells most. */
  spentBy: base
    .input(
      z.object({
        objectiveId: Id,
        label: z
          .string()
          .regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/)
          .optional(),
        ...Asked,
        ...Range,
      }),
    )
    .output(SpentBy),
  /** All corrections of an objective, revoked ones too, newest first. */
  corrections: base.input(z.object({ objectiveId: Id })).output(z.array(Correction)),
  addCorrection: base
    .input(z.object({ objectiveId: Id, ...Range, reason: z.string().trim().min(1).max(500) }))
    .output(Correction),
  revokeCorrection: base
    .input(z.object({ id: Id, reason: z.string().trim().min(1).max(500) }))
    .output(Correction),
  /** Compliance by service, as a document and as its lines; by default the last 28 d. */
  report: base
    .input(
      z.object({
        format: z.enum(['markdown', 'html']),
        ...Asked,
        fromAt: At.optional(),
        toAt: At.optional(),
      }),
    )
    .output(z.object({ fileName: z.string(), text: z.string(), lines: z.array(ComplianceLine) })),
  /** The same, written into the folder of exports. */
  saveReport: base
    .input(z.object({ format: z.enum(['markdown', 'html']), fromAt: At.optional(), toAt: At.optional() }))
    .output(z.object({ path: z.string() })),
};
