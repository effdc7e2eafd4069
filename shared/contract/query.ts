import { oc } from '@orpc/contract';
import { z } from 'zod';
import { QueryNote } from '../model/metric.ts';
import { Binary } from './binary.ts';
import { contractErrors } from './error.ts';
import { InstantSampleWire } from './instant.ts';

const base = oc.errors(contractErrors);

/** A source's id, `local` for what is stored here, or `joined` where each selector names its source. */
const SourceId = z.string().max(200);
const Expression = z.string().max(100_000);
/** A name that the window gives to a question, to ask for its progress. */
const Ask = z.string().min(1).max(64);

const Names = z.object({ names: z.array(z.string()), complete: z.boolean() });
const NameInput = z.object({
  source: SourceId,
  /** Only of series that this selector selects, such as `up{job="api"}`. */
  selector: z.string().max(10_000).optional(),
  /** Only names with this text in them. */
  contains: z.string().max(500).optional(),
  limit: z.number().int().min(1).max(50_000).default(5_000),
});

export const BOUND_LABEL = 'midwatch_bound';
export const DETECTOR_LABEL = 'midwatch_detector';

/** What is wrong with an expression, or what it had better say; offsets count UTF-16 units. */
export const QueryProblem = z.object({
  severity: z.enum(['error', 'warning', 'info']),
  code: z.string(),
  message: z.string(),
  from: z.number(),
  to: z.number(),
});
export type QueryProblem = z.infer<typeof QueryProblem>;

/**
 * PromQL as people ask it. Errors are `QUERY` with a code (`parse`, `unsupported`, `execution`, `limit`, `timeout`,
 * `cancelled`, …) and the place in the expression; aborting a request ends the evaluation itself.
 */
export const queryContract = {
  /** Reads an expression without asking anybody for data: its type, what is wrong with it, whom it would ask. */
  check: base.input(z.object({ source: SourceId, expression: Expression })).output(
    z.object({
      type: z.enum(['scalar', 'vector', 'matrix', 'string']).nullable(),
      problems: z.array(QueryProblem),
      /** The sources that would be asked. */
      sources: z.array(z.string()),
      /** The metrics that its selectors name. */
      metrics: z.array(z.string()),
    }),
  ),
  /** One instant. At most `seriesMax` samples come; `seriesTotal` says how many there were. */
  instant: base
    .input(
      z.object({
        source: SourceId,
        expression: Expression,
        at: z.number().int().optional(),
        seriesMax: z.number().int().min(1).max(50_000).default(1_000),
        ask: Ask.optional(),
      }),
    )
    .output(
      z.object({
        kind: z.enum(['vector', 'scalar']),
        at: z.number(),
        samples: z.array(InstantSampleWire),
        seriesTotal: z.number(),
        notes: z.array(QueryNote),
        tookMs: z.number(),
      }),
    ),
  /** A range, its series as one binary series file: a large one in parts, so that no message keeps its line from others. */
  range: base
    .input(
      z.object({
        source: SourceId,
        expression: Expression,
        fromAt: z.number().int(),
        toAt: z.number().int(),
        stepMs: z.number().int().positive(),
        seriesMax: z.number().int().min(1).max(50_000).default(10_000),
        ask: Ask.optional(),
      }),
    )
    .output(
      z.object({
        series: Binary,
        /** The rest, to be asked for by `part` from 1 on and put behind it; null where all of it is there. */
        more: z.object({ answer: z.string(), parts: z.number().int() }).nullable(),
        seriesTotal: z.number(),
        notes: z.array(QueryNote),
        tookMs: z.number(),
      }),
    ),
  /** A further part of a large answer, which is kept for a minute and until its last part was asked for. */
  part: base
    .input(z.object({ answer: z.string().max(64), part: z.number().int().min(1).max(10_000) }))
    .output(Binary),
  /**
   * What the detectors of exactly this question expected at each of their points, for its chart. The series file has two
   * series for each judged one, its labels and `BOUND_LABEL` as `lower` or `upper`, `DETECTOR_LABEL` as the detector's id.
   */
  bounds: base
    .input(
      z.object({
        source: SourceId,
        expression: Expression,
        fromAt: z.number().int(),
        toAt: z.number().int(),
      }),
    )
    .output(
      z.object({
        detectors: z.array(
          z.object({
            id: z.string(),
            title: z.string(),
            /** The bounds in words: threshold on |z| and points of the baseline. */
            rule: z.string(),
            definedAt: z.string(),
            /** When one of its series came to a new level, ascending. */
            changedAt: z.array(z.number()),
            /** Why there are no bounds; null where there are. */
            problem: z.string().nullable(),
          }),
        ),
        series: Binary,
      }),
    ),
  /** How far a question is that was asked with this name. */
  progress: base.input(z.object({ ask: Ask })).output(
    z.object({
      state: z.enum(['unknown', 'waiting', 'evaluating']),
      /** Stored samples read so far; a remote source does not say. */
      samples: z.number(),
      elapsedMs: z.number(),
    }),
  ),
  labelNames: base.input(NameInput).output(Names),
  labelValues: base.input(NameInput.extend({ label: z.string().max(500) })).output(Names),
  /** The metrics of a source with what is known of them; `from` says whether it was said or read from the name. */
  metrics: base.input(NameInput).output(
    z.object({
      metrics: z.array(
        z.object({
          name: z.string(),
          kind: z.enum(['counter', 'gauge', 'histogram', 'summary', 'unknown']),
          help: z.string(),
          unit: z.string(),
          from: z.enum(['source', 'name']),
        }),
      ),
      complete: z.boolean(),
    }),
  ),
};
