import { deduplicate } from './deduplicate.ts';
import { enrich } from './enrich.ts';
import { flapping } from './flapping.ts';
import type { HoldStage } from './hold-stage.ts';
import { maintenance } from './maintenance.ts';
import { silence } from './silence.ts';
import type { IntakeStage, StageName } from './stage.ts';
import { suppress } from './suppress.ts';
import { validate } from './validate.ts';
import { wake } from './wake.ts';

/** What each observation passes before the state machine sees it, in order. A stage is added by a line here. */
export const INTAKE: readonly IntakeStage[] = [validate, deduplicate, enrich];

/** What may hold an alert that fires, in order; the first that does is the reason. */
export const HOLDS: readonly HoldStage[] = [maintenance, silence, suppress, wake, flapping];

/** The order in which verdicts are read: intake, state, what may hold it, then what decides who hears of it. */
export const STAGE_ORDER: readonly StageName[] = [
  'validate',
  'deduplicate',
  'enrich',
  'state',
  'maintenance',
  'silence',
  'suppress',
  'wake',
  'flapping',
  'storm',
  'group',
  'rate-limit',
  'route',
  'notify',
];
