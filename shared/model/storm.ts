/** A storm of alerts: so many groups at once for one receiver that the rest is said as one. */
export interface Storm {
  readonly startedAt: number;
  /** The service behind it, where that is known. */
  readonly cause: string | null;
}

// The keys of other groups begin with the name of a label, in which this sign cannot be.
const KEY = /^storm@(\d+)(?:,cause=(.*))?$/s;

/** The group that the alerts of a storm belong to, in place of their own. */
export function stormKey({ startedAt, cause }: Storm): string {
  return `storm@${startedAt}${cause === null ? '' : `,cause=${cause}`}`;
}

/** The storm that a group key stands for; null where it is a group like others. */
export function stormOf(groupKey: string | null): Storm | null {
  const found = KEY.exec(groupKey ?? '');
  return found ? { startedAt: Number(found[1]), cause: found[2] ?? null } : null;
}
