import { OpenSloFile } from '../../shared/config/objective.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { Objective } from '../../shared/model/objective.ts';
import { objectivesOf } from './objective.ts';
import type { Problem } from './problem.ts';
import { checkDocument } from './written.ts';

const NOWHERE = { line: 1, column: 1, key: null, parts: new Map(), text: null };

/** The objectives of a document that is not in a file yet, asked of the given source; the error says all that is wrong. */
export function readObjectives(document: unknown, source: string): Result<readonly Objective[], string> {
  const problems: Problem[] = [];
  const written = checkDocument(
    OpenSloFile,
    'not saved yet',
    { value: document, located: NOWHERE },
    problems,
  );
  if (!written) return err(problems.map((one) => `${one.path}: ${one.message}`).join('; '));
  const objectives = objectivesOf(written, source, () => undefined).map((one) => one.config);
  return objectives.length > 0
    ? ok(objectives)
    : err('spec.objectives: an objective by reference can be tried only once it is saved.');
}
