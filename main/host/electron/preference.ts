import { z } from 'zod';
import { type Logger, smallFile } from '../../platform/index.ts';

/** What this desktop remembers between starts. None of it belongs to a workspace. */
const Preferences = z.object({
  bounds: z
    .object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
    .nullable()
    .default(null),
  maximised: z.boolean().default(false),
  keepAwake: z.boolean().default(false),
  stayInTray: z.boolean().default(true),
  summonKeys: z.boolean().default(false),
  lastWorkspace: z.string().nullable().default(null),
});
type Preferences = z.infer<typeof Preferences>;

export interface PreferenceStore {
  get(): Preferences;
  set(change: Partial<Preferences>): void;
}

/** A file that cannot be read or written costs the preferences, never the start. */
export function createPreferences(path: string, log: Logger): PreferenceStore {
  const file = smallFile(path, Preferences);
  const found = file.read();
  if (!found.ok) log.warn({ problem: found.error }, 'the preferences of this desktop begin anew');
  let current = (found.ok ? found.value : undefined) ?? Preferences.parse({});
  return {
    get: () => current,
    set(change) {
      current = { ...current, ...change };
      const written = file.write(current);
      if (!written.ok) log.warn({ problem: written.error }, 'the preferences of this desktop are not kept');
    },
  };
}
