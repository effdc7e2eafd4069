import type { Exemplar } from '../../shared/model/exemplar.ts';
import {
  createExemplarBook,
  type ExemplarBook,
  type ExemplarQuestion,
  joinExemplars,
} from '../../shared/model/exemplar-book.ts';
import type { Labels } from '../../shared/model/metric.ts';
import type { PushSender, SenderStatus } from './receive-api.ts';
import { SeriesIndex } from './series-index.ts';
import { Tally } from './tally.ts';

const AGENT_LENGTH_MAX = 120;
/** A generous series has 500 characters: some two thousand of those, each with its last exemplars. */
const EXEMPLAR_CHARACTERS_MAX = 2_000_000;

/** What is known of one source while it pushes: its series' numbers, and what came of what it sent. */
export interface SourceEntry {
  sender: PushSender;
  index: SeriesIndex;
  /** Of this source alone, so that none can crowd out those of another. */
  readonly exemplars: ExemplarBook;
  requests: number;
  samples: number;
  lastReceivedAt: number | null;
  agent: string | null;
  readonly refused: Tally;
  lastProblem: { readonly at: number; readonly message: string } | null;
  overLimit: SenderStatus['overLimit'];
}

export interface SourceBook {
  /** Takes over the senders of a configuration; one that stays keeps its numbers, unless what they stand for changed. */
  replace(senders: readonly PushSender[]): void;
  get(sourceId: string): SourceEntry | undefined;
  forget(sourceId: string | null): void;
  status(): SenderStatus[];
  exemplars(question: ExemplarQuestion): Exemplar[];
}

export function createSourceBook(): SourceBook {
  const entries = new Map<string, SourceEntry>();
  return {
    replace(senders) {
      const before = new Map(entries);
      entries.clear();
      for (const sender of senders) {
        const known = before.get(sender.sourceId);
        if (!known) {
          entries.set(sender.sourceId, freshEntry(sender));
          continue;
        }
        const same =
          known.sender.seriesMax === sender.seriesMax && sameLabels(known.sender.labels, sender.labels);
        if (!same) known.index = new SeriesIndex(sender.seriesMax);
        known.sender = sender;
        entries.set(sender.sourceId, known);
      }
    },
    get: (sourceId) => entries.get(sourceId),
    forget(sourceId) {
      for (const entry of entries.values())
        if (sourceId === null || entry.sender.sourceId === sourceId)
          entry.index = new SeriesIndex(entry.sender.seriesMax);
    },
    exemplars: (question) =>
      joinExemplars(
        [...entries.values()].map((one) => one.exemplars.list(question)),
        question.limit,
      ),
    status: () =>
      [...entries.values()].map((one) => ({
        sourceId: one.sender.sourceId,
        lastReceivedAt: one.lastReceivedAt,
        requests: one.requests,
        samples: one.samples,
        agent: one.agent,
        refused: one.refused.list(),
        lastProblem: one.lastProblem,
        overLimit: one.overLimit,
      })),
  };
}

/** A `User-Agent` cut to what a line of a screen holds. */
export function agentOf(header: string | undefined): string | null {
  return header === undefined || header === '' ? null : header.slice(0, AGENT_LENGTH_MAX);
}

function freshEntry(sender: PushSender): SourceEntry {
  return {
    sender,
    index: new SeriesIndex(sender.seriesMax),
    exemplars: createExemplarBook(EXEMPLAR_CHARACTERS_MAX),
    requests: 0,
    samples: 0,
    lastReceivedAt: null,
    agent: null,
    refused: new Tally(),
    lastProblem: null,
    overLimit: null,
  };
}

function sameLabels(left: Labels, right: Labels): boolean {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name]);
}
