import { deduplicate } from './deduplicate.ts';
import { enrich } from './enrich.ts';
import type { IntakeStage, StageName } from './stage.ts';
import { validate } from './validate.ts';

/** What each observation passes before the state machine sees it, in order. A stage is added by a line here. */
export const INTAKE: readonly IntakeStage[] = [validate, deduplicate, enrich];

/** The order in which verdicts are read: intake, state, then what decides who hears of it. */
export const STAGE_ORDER: readonly StageName[] = [
  'validate',
  'deduplicate',
  'enrich',
  'silence',
  'suppress',
  'state',
  'group',
  'rate-limit',
  'route',
  'notify',
];
