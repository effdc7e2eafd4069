import { z } from 'zod';
import { Priority } from '../model/priority.ts';
import { parseDuration } from '../unit/time.ts';

const SECRET_REFERENCE = /^(?:keychain|env|file):\S(?:.*\S)?$/;

/** A secret is named in configuration, never written: whoever reads the file or its history must not hold it. */
export const SecretReference = z.string().regex(SECRET_REFERENCE, {
  message:
    'is a secret written into the file. Put it into the keychain, an environment variable or a file of mode 0600, and name it here as keychain:NAME, env:NAME or file:PATH',
});
export type SecretReference = z.infer<typeof SecretReference>;

/** What a reference is read for. A certificate is public: others may read its file, and a bundle of them is long. */
export type ReferenceUse = 'secret' | 'certificate';

export function isSecretReference(text: string): boolean {
  return SECRET_REFERENCE.test(text);
}

/** A duration as Prometheus writes it, read as milliseconds; never zero. */
export const Duration = z.string().transform((text, context) => {
  const durationMs = parseDuration(text);
  if (durationMs !== undefined && durationMs > 0) return durationMs;
  context.addIssue({ code: 'custom', message: 'is not a duration such as 500ms, 15s or 1m' });
  return z.NEVER;
});

export const Identifier = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, {
  message: 'is not an identifier: letters, digits, dots, hyphens and underscores, 63 at most',
});

/** Labels that Midwatch puts onto series; names that begin with `__` are its own. */
export const LabelSet = z.record(
  z.string().regex(/^(?!__)[A-Za-z_][A-Za-z0-9_]{0,127}$/, {
    message: 'is not a label name: letters, digits and underscores, not beginning with a digit or __',
  }),
  z.string().min(1).max(1024),
);

/** What the names that most rules use mean where a source has no table of its own. `none` is a watchdog's. */
export const USUAL_PRIORITIES: Readonly<Record<string, Priority>> = {
  critical: 'P0',
  page: 'P0',
  error: 'P1',
  major: 'P1',
  high: 'P1',
  warning: 'P2',
  warn: 'P2',
  minor: 'P2',
  info: 'P3',
  low: 'P3',
  none: 'P3',
  '*': 'P1',
};

/**
 * What another system's `severity` label means here. Names are compared without regard to case; `*` stands for an alert
 * without the label or with one that is not in the table.
 */
export const SeverityPriorities = z
  .record(z.string().min(1).max(64), Priority)
  .default({})
  .transform((own): Readonly<Record<string, Priority>> => ({ ...USUAL_PRIORITIES, ...lowered(own) }));

export type SeverityPriorities = z.output<typeof SeverityPriorities>;

function lowered(own: Readonly<Record<string, Priority>>): Record<string, Priority> {
  return Object.fromEntries(Object.entries(own).map(([name, priority]) => [name.toLowerCase(), priority]));
}
