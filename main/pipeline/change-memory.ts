import { z } from 'zod';
import { messageOf } from '../../shared/error/coded.ts';
import type { ChangeEvent } from '../../shared/model/service.ts';
import type { Logger, Remote } from '../platform/index.ts';
import type { LogApi } from '../store/index.ts';

/** The version of each service, by the source that names it. */
export type Versions = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Where changes outlive a restart, with the versions against which the next look compares. */
export interface ChangeMemory {
  load(limit: number): Promise<{ readonly changes: readonly ChangeEvent[]; readonly versions: Versions }>;
  keep(changes: readonly ChangeEvent[], versions: Versions | null): Promise<void>;
}

export type ChangeLog = Pick<Remote<LogApi>, 'saveChanges' | 'loadChanges' | 'getSetting' | 'putSetting'>;

const VERSIONS = 'versions';
const Stored = z.record(z.string(), z.record(z.string(), z.string()));

/** What cannot be kept or read is logged: a change that only this run knows is still worth more than none. */
export function changeMemory(log: ChangeLog, logger: Logger): ChangeMemory {
  const versionsOf = (text: string | null): Versions => {
    if (text === null) return new Map();
    const stored = Stored.parse(JSON.parse(text));
    return new Map(Object.entries(stored).map(([source, own]) => [source, new Map(Object.entries(own))]));
  };
  return {
    async load(limit) {
      const nothing = { changes: [], versions: new Map() };
      try {
        const changes = await log.loadChanges(limit);
        return { changes, versions: versionsOf(await log.getSetting(VERSIONS)) };
      } catch (thrown) {
        logger.warn({ problem: messageOf(thrown) }, 'earlier changes could not be read');
        return nothing;
      }
    },
    async keep(changes, versions) {
      try {
        if (changes.length > 0) await log.saveChanges(changes);
        if (versions) {
          const plain = [...versions].map(([source, own]) => [source, Object.fromEntries(own)]);
          await log.putSetting(VERSIONS, JSON.stringify(Object.fromEntries(plain)));
        }
      } catch (thrown) {
        logger.warn({ problem: messageOf(thrown) }, 'changes could not be kept for after a restart');
      }
    },
  };
}

/** Nothing outlives it, as in a replay. */
export const NO_CHANGE_MEMORY: ChangeMemory = {
  load: async () => ({ changes: [], versions: new Map() }),
  keep: async () => undefined,
};
