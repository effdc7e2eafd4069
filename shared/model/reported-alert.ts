import type { Labels } from './metric.ts';

/** An alert that another system decided, as it says it. Labels and annotations are hostile text, bounded where they are read. */
export interface ReportedAlert {
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly status: 'firing' | 'resolved';
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly generatorUrl: string | null;
  /** Silenced or inhibited there, and by what; null or absent where it is not, or where nothing is said of it. */
  readonly suppressedBy?: string | null;
}
