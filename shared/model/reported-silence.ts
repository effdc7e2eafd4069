import type { Matcher } from './matcher.ts';

/** A silence as an Alertmanager has it. */
export interface ReportedSilence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly comment: string;
  readonly author: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly updatedAt: number;
  readonly isOver: boolean;
}

/** What is to be made of a silence there; `id` names one that is there already and is changed. */
export type SilenceOrder =
  | {
      readonly kind: 'put';
      readonly silence: Omit<ReportedSilence, 'id' | 'updatedAt' | 'isOver'>;
      readonly id: string | null;
    }
  | { readonly kind: 'end'; readonly id: string };
