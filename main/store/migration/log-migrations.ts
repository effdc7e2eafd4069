import { first } from './0001-first.ts';
import { watch } from './0002-watch.ts';
import { correction } from './0003-correction.ts';
import { silence } from './0004-silence.ts';
import { replay } from './0005-replay.ts';
import { change } from './0006-change.ts';
import type { Migration } from './migration.ts';

/** Every step of `midwatch.db`, in order. */
export const LOG_MIGRATIONS: readonly Migration[] = [first, watch, correction, silence, replay, change];
