import { type AlertRuleConfig, AlertRuleFile } from '../../shared/config/alert-rule.ts';
import { BoardFile } from '../../shared/config/board.ts';
import { type DetectorConfig, DetectorsFile } from '../../shared/config/detector.ts';
import { OpenSloFile } from '../../shared/config/objective.ts';
import { PlaybookFile } from '../../shared/config/playbook.ts';
import { type ServiceConfig, ServicesFile } from '../../shared/config/service.ts';
import { MidwatchFile } from '../../shared/config/workspace.ts';
import { type Problem, problemAt } from './problem.ts';
import type { Unfit } from './unfit.ts';
import { fillSources } from './variables.ts';
import { checkDocument, partOf, type Written } from './written.ts';
import type { YamlDocument, YamlReading } from './yaml-reader.ts';

/** All that the files say, each part checked by itself; whether it fits together is asked next. */
export interface Configuration {
  midwatch: Written<MidwatchFile> | undefined;
  readonly services: Written<ServiceConfig>[];
  readonly slos: Written<OpenSloFile>[];
  readonly rules: Written<{ readonly group: string; readonly rule: AlertRuleConfig }>[];
  readonly detectors: Written<DetectorConfig>[];
  readonly playbooks: Written<PlaybookFile>[];
  readonly boards: Written<BoardFile>[];
  /** Documents that do not fit their schema: of them only what stands by itself can be checked. */
  readonly unfit: Unfit[];
  /** Files and folders of which a part could not be taken: what is missing there is not *unknown*, only not readable. */
  readonly broken: Set<string>;
}

export interface FileReading {
  readonly name: string;
  readonly reading: YamlReading;
}

/** Checks each file against its schema. A file with a mistake leaves its parts out; all mistakes are reported. */
export function gather(
  files: readonly FileReading[],
  overrides: Readonly<Record<string, string>>,
  problems: Problem[],
): Configuration {
  const found: Configuration = {
    midwatch: undefined,
    services: [],
    slos: [],
    rules: [],
    detectors: [],
    playbooks: [],
    boards: [],
    unfit: [],
    broken: new Set(),
  };
  for (const { name, reading } of files) {
    const before = problems.length;
    gatherFile(found, name, reading, overrides, problems);
    if (problems.length > before) found.broken.add(name.split('/')[0] ?? name);
  }
  return found;
}

function gatherFile(
  found: Configuration,
  name: string,
  reading: YamlReading,
  overrides: Readonly<Record<string, string>>,
  problems: Problem[],
): void {
  for (const { line, column, message } of reading.problems)
    problems.push(problemAt({ file: name, line, column }, '', message));
  if (reading.problems.length > 0) return;
  if (reading.documents.length === 0)
    problems.push(
      problemAt({ file: name, line: 1, column: 1 }, '', 'expected some configuration; the file is empty'),
    );
  for (const document of documentsOf(name, reading, problems)) {
    const before = problems.length;
    take(found, name, document, overrides, problems);
    if (problems.length > before)
      found.unfit.push({ config: document.value, file: name, located: document.located, path: [] });
  }
}

/** Objectives and playbooks may stand several in a file, parted by `---`; the others are one document a file. */
function documentsOf(name: string, reading: YamlReading, problems: Problem[]): readonly YamlDocument[] {
  const [first, second] = reading.documents;
  if (!first || !second || /^(?:slos|playbooks)\//.test(name)) return reading.documents;
  const { line, column } = second.located;
  problems.push(
    problemAt({ file: name, line, column }, '', 'expected one document in this file; remove the line "---"'),
  );
  return [first];
}

function take(
  found: Configuration,
  name: string,
  document: YamlDocument,
  overrides: Readonly<Record<string, string>>,
  problems: Problem[],
): void {
  const [folder] = name.split('/');
  switch (folder) {
    case 'midwatch.yaml':
      found.midwatch = checkDocument(
        MidwatchFile,
        name,
        fillSources(name, document, overrides, problems),
        problems,
      );
      return;
    case 'services.yaml': {
      const file = checkDocument(ServicesFile, name, document, problems);
      if (file)
        found.services.push(...file.config.services.map((one, at) => partOf(file, ['services', at], one)));
      return;
    }
    case 'slos': {
      const file = checkDocument(OpenSloFile, name, document, problems);
      if (file) found.slos.push(file);
      return;
    }
    case 'detectors': {
      const file = checkDocument(DetectorsFile, name, document, problems);
      if (file)
        found.detectors.push(...file.config.detectors.map((one, at) => partOf(file, ['detectors', at], one)));
      return;
    }
    case 'playbooks': {
      const file = checkDocument(PlaybookFile, name, document, problems);
      if (file) found.playbooks.push(file);
      return;
    }
    case 'dashboards': {
      const file = checkDocument(BoardFile, name, document, problems);
      if (file) found.boards.push(file);
      return;
    }
    case 'alerts': {
      const file = checkDocument(AlertRuleFile, name, document, problems);
      for (const [groupAt, group] of file?.config.groups.entries() ?? [])
        for (const [ruleAt, rule] of group.rules.entries())
          if (file)
            found.rules.push(partOf(file, ['groups', groupAt, 'rules', ruleAt], { group: group.name, rule }));
      return;
    }
    default:
      throw new Error(
        `${name} was read but belongs to no part of the configuration: this is a bug in Midwatch.`,
      );
  }
}
