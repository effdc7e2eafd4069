import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { AlertRuleFile } from '../../../shared/config/alert-rule.ts';
import { BoardFile } from '../../../shared/config/board.ts';
import { DetectorsFile } from '../../../shared/config/detector.ts';
import { OpenSloFile } from '../../../shared/config/objective.ts';
import { PlaybookFile } from '../../../shared/config/playbook.ts';
import { ServicesFile } from '../../../shared/config/service.ts';
import { MidwatchFile } from '../../../shared/config/workspace.ts';
import { CatalogueFile } from '../../../shared/model/catalogue.ts';

/** The published schemas are what editors check by; `UPDATE=1` writes them again after a change of the schemas in the code. */
it.each([
  ['midwatch', MidwatchFile],
  ['services', ServicesFile],
  ['slo', OpenSloFile],
  ['alerts', AlertRuleFile],
  ['detectors', DetectorsFile],
  ['playbook', PlaybookFile],
  ['catalogue', CatalogueFile],
  ['dashboard', BoardFile],
])('assets/schema/%s.json says what the code checks', (name, schema) => {
  const path = new URL(`../../../assets/schema/${name}.json`, import.meta.url);
  const generated = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-2020-12' });
  if (process.env.UPDATE === '1') writeFileSync(path, `${JSON.stringify(generated, null, 2)}\n`);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(generated)));
});
