import type { WorkspaceEdit } from '../../shared/config/edit.ts';
import { ANNOTATION, OpenSloFile, THRESHOLD_PLACE } from '../../shared/config/objective.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { Objective } from '../../shared/model/objective.ts';
import { promDuration } from '../../shared/unit/time.ts';
import { objectivesOf } from './objective.ts';
import { checkDocument } from './written.ts';
import { readYaml, type YamlDocument } from './yaml-reader.ts';

/** The edits of an objective's file that make of it what was tried, and what else they change. */
export interface ChangeEdits {
  readonly edits: WorkspaceEdit[];
  readonly notes: string[];
}

interface Place {
  /** Which document of the file, and which of its objectives. */
  readonly document: number;
  readonly index: number;
  readonly config: OpenSloFile;
}

const NAMED = 5;

/**
 * Finds where target, policy and threshold of an objective are written, and how to write the changed ones. Throws
 * `objective-not-found` where the file has it no more, and `change-impossible` where one field stands for several things.
 */
export function editsOfChange(file: string, text: string, before: Objective, after: Objective): ChangeEdits {
  const place = placeOf(file, text, before);
  const { document, index, config } = place;
  const edits: WorkspaceEdit[] = [];
  const notes: string[] = [];
  const set = (path: (string | number)[], value: string | number) =>
    void edits.push({ kind: 'set', file, document, path, value });
  if (after.target !== before.target) {
    if (before.components)
      throw impossible(`${before.title} is a composite: its target follows from those of its components`);
    const isPercent = config.spec.objectives[index]?.targetPercent !== undefined;
    set(
      ['spec', 'objectives', index, isPercent ? 'targetPercent' : 'target'],
      isPercent ? Number((after.target * 100).toPrecision(12)) : after.target,
    );
  }
  if (after.policy !== before.policy) {
    set(['metadata', 'annotations', ANNOTATION.policy], after.policy);
    notes.push(...othersNote(place, before));
  }
  if (after.thresholdMs !== undefined && after.thresholdMs !== before.thresholdMs)
    changeThreshold(place, before, after, set);
  return { edits, notes };
}

function placeOf(file: string, text: string, { id }: Objective): Place {
  for (const [document, read] of readYaml(text).documents.entries()) {
    const config = configOf(file, read);
    if (!config) continue;
    const index = objectivesOf(config, '', () => undefined).findIndex(({ config: one }) => one.id === id);
    // A composite by reference has no components here, but the name of its document is its id.
    if (index >= 0) return { document, index, config: config.config };
    if (config.config.metadata.name === id) return { document, index: 0, config: config.config };
  }
  throw new CodedError(
    'objective-not-found',
    `${file} has no objective ${id} any more, so nothing was prepared. Look at the file; it may have been changed meanwhile.`,
  );
}

function configOf(file: string, read: YamlDocument) {
  return checkDocument(OpenSloFile, file, read, []);
}

function othersNote({ config }: Place, { id }: Objective): string[] {
  const others = config.spec.objectives.length - 1;
  if (others < 1 || config.metadata.name === id) return [];
  const names = config.spec.objectives.flatMap((one) => one.displayName ?? []).slice(0, NAMED);
  return [
    `The policy stands at the whole document: ${others} other objectives of ${config.metadata.name} get it too${names.length > 0 ? ` (${names.join(', ')})` : ''}.`,
  ];
}

function changeThreshold(
  { config, index }: Place,
  before: Objective,
  after: Objective,
  set: (path: (string | number)[], value: string | number) => void,
): void {
  const { thresholdMs = 0, indicator } = after;
  const ratio = config.spec.indicator?.spec.ratioMetric;
  if (JSON.stringify(ratio ?? {}).includes(THRESHOLD_PLACE)) {
    set(['spec', 'objectives', index, 'value'], Number((thresholdMs / 1_000).toPrecision(12)));
    return;
  }
  if (config.spec.objectives.length > 1)
    throw impossible(
      `the bucket of ${before.title} is written for all ${config.spec.objectives.length} objectives of its document`,
    );
  if (!ratio?.good || indicator.good === undefined)
    throw impossible(`the file of ${before.title} names no bucket of good events`);
  set(['spec', 'indicator', 'spec', 'ratioMetric', 'good', 'metricSource', 'spec', 'query'], indicator.good);
  if (config.metadata.annotations[ANNOTATION.threshold] !== undefined)
    set(['metadata', 'annotations', ANNOTATION.threshold], promDuration(thresholdMs));
}

function impossible(why: string): CodedError {
  return new CodedError(
    'change-impossible',
    `This change cannot be written from here: ${why}. Change it in the file.`,
  );
}
