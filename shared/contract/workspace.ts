import { oc } from '@orpc/contract';
import { z } from 'zod';
import { WorkspaceEdits } from '../config/edit.ts';
import { contractErrors } from './error.ts';

const base = oc.errors(contractErrors);

/** What is wrong with the configuration as it would be, with its place; line and column begin at 1. */
export const ConfigurationProblem = z.object({
  file: z.string(),
  line: z.number().int(),
  column: z.number().int(),
  path: z.string(),
  message: z.string(),
  severity: z.enum(['error', 'warning']),
});
export type ConfigurationProblem = z.infer<typeof ConfigurationProblem>;

export const ChangedFile = z.object({
  file: z.string(),
  change: z.enum(['created', 'changed', 'deleted', 'unchanged']),
  /** What the file is now: give it back with `apply`. Null where there is none. */
  version: z.string().nullable(),
  /** Unified diff; empty where nothing changes. */
  diff: z.string(),
});
export type ChangedFile = z.infer<typeof ChangedFile>;

/** The one way to change configuration files from the window. */
export const workspaceContract = {
  /** A file's text and version, for an editor. */
  read: base
    .input(z.object({ file: z.string().max(200) }))
    .output(z.object({ file: z.string(), text: z.string(), version: z.string() })),
  /** What the edits would do, and whether the workspace would load. Nothing is written. */
  preview: base.input(z.object({ edits: WorkspaceEdits })).output(
    z.object({
      loads: z.boolean(),
      files: z.array(ChangedFile),
      problems: z.array(ConfigurationProblem),
    }),
  ),
  /**
   * Writes the edits and takes them over. REFUSED `workspace-invalid` where the workspace would not load, and then nothing is
   * written; REFUSED `file-changed` where a file is not the version that was given.
   */
  apply: base
    .input(
      z.object({
        edits: WorkspaceEdits,
        /** By file, as `preview` or `read` answered them. */
        versions: z.record(z.string().max(200), z.string().max(100).nullable()),
      }),
    )
    .output(
      z.object({
        files: z.array(ChangedFile),
        /** Warnings only. */
        problems: z.array(ConfigurationProblem),
        /** False where something else changed the workspace meanwhile; what runs is then said on the Health screen. */
        running: z.boolean(),
      }),
    ),
};
