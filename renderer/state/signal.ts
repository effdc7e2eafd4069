import { createStore, type StoreApi } from 'zustand/vanilla';
import { messageOf } from '../../shared/error/coded.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { BoardPanel } from '../../shared/model/board.ts';
import type { QueryNote } from '../../shared/model/metric.ts';
import { WEEK_MS } from '../../shared/unit/time.ts';
import type { Api } from '../transport/api.ts';
import type { Failure } from './failure.ts';
import { createLoadedStore, createLoader, type LoadedStore } from './loaded.ts';
import type { Requests } from './request.ts';
import { type PanelBounds, readBounds } from './signal-bounds.ts';
import { wholeFile } from './signal-file.ts';
import type { SignalFrame } from './signal-frame.ts';
import type { SignalSpan } from './signal-time.ts';
import type { FrameMaker } from './signal-worker.ts';

/** What a panel asks. The span moves on with the time; the key stays. */
export interface SignalQuestion {
  readonly panel: Pick<BoardPanel, 'source' | 'expression' | 'draw' | 'compare'>;
  readonly span: SignalSpan;
  readonly widthPx: number;
  readonly pinned: readonly string[];
}

/** What is known of a panel's answer. A failed renewal keeps the old one, which then is as old as `answeredAt` says. */
export interface SignalAnswer {
  readonly frame: SignalFrame | null;
  /** Series that the source had; fewer may have come. */
  readonly seriesTotal: number;
  readonly notes: readonly QueryNote[];
  readonly tookMs: number;
  readonly answeredAt: number | null;
  readonly failure: Failure | null;
  /** Null while nothing is asked. */
  readonly asking: { readonly sinceAt: number; readonly samples: number } | null;
}

const NOTHING: SignalAnswer = {
  frame: null,
  seriesTotal: 0,
  notes: [],
  tookMs: 0,
  answeredAt: null,
  failure: null,
  asking: null,
};

/** The answers of the screen's panels, by a key that names what was asked. */
export interface SignalAnswers {
  readonly store: StoreApi<ReadonlyMap<string, SignalAnswer>>;
  ask(key: string, question: SignalQuestion, now: number): Promise<void>;
  cancel(key: string): void;
  /** Forgets the key and stops asking for it. */
  drop(key: string): void;
  /** The latest value of each series, under the same key. */
  readonly instants: LoadedStore<InstantAnswer>;
  askInstant(key: string, panel: Pick<BoardPanel, 'source' | 'expression'>): Promise<void>;
  /** What detectors expected of a panel, under a key that names its source and expression. */
  readonly bounds: LoadedStore<PanelBounds>;
  askBounds(key: string, question: BoundsQuestion): Promise<void>;
  stop(): void;
}

export type BoundsQuestion = Parameters<Api['query']['bounds']>[0];
export type InstantAnswer = Awaited<ReturnType<Api['query']['instant']>>;

/** So many lines are told apart; the others are drawn as one band and stand in the legend. */
export const LINES_MAX = 40;
/** More series than these do not come: the window says how many there were. */
const SERIES_MAX = 10_000;
/** A question that is answered sooner needs no progress. */
const PROGRESS_EVERY_MS = 700;

export function answerOf(answers: ReadonlyMap<string, SignalAnswer>, key: string): SignalAnswer {
  return answers.get(key) ?? NOTHING;
}

export function createSignalAnswers(requests: Requests, maker: FrameMaker): SignalAnswers {
  const store = createStore<ReadonlyMap<string, SignalAnswer>>()(() => new Map());
  const underWay = new Map<string, AbortController>();
  const instants = createLoadedStore<InstantAnswer>();
  const loadInstant = createLoader(instants);
  const bounds = createLoadedStore<PanelBounds>();
  const loadBounds = createLoader(bounds);
  let lastAsk = 0;
  const put = (key: string, change: Partial<SignalAnswer>) =>
    store.setState((all) => new Map(all).set(key, { ...answerOf(all, key), ...change }), true);

  const ask = async (key: string, question: SignalQuestion, now: number) => {
    if (underWay.has(key)) return;
    const abort = new AbortController();
    underWay.set(key, abort);
    lastAsk += 1;
    const name = `signals-${now.toString(36)}-${lastAsk}`;
    const isRenewal = answerOf(store.getState(), key).frame !== null;
    // A renewal that is answered soon is no news: the picture stands, and a board draws only what is new.
    if (!isRenewal) put(key, { asking: { sinceAt: now, samples: 0 } });
    const stopWatching = watchProgress(requests, name, (samples) => {
      if (underWay.get(key) === abort) put(key, { asking: { sinceAt: now, samples } });
    });
    const answer = await read(requests, maker, question, { name, isRenewal, signal: abort.signal });
    stopWatching();
    if (underWay.get(key) !== abort) return;
    underWay.delete(key);
    if (abort.signal.aborted) put(key, { asking: null });
    else if (answer.ok) put(key, { ...answer.value, answeredAt: now, failure: null, asking: null });
    else put(key, { failure: answer.error, asking: null });
  };
  const drop = (key: string) => {
    underWay.get(key)?.abort();
    underWay.delete(key);
    store.setState((all) => {
      const rest = new Map(all);
      rest.delete(key);
      return rest;
    }, true);
  };
  return {
    store,
    ask,
    cancel: (key) => underWay.get(key)?.abort(),
    drop,
    instants,
    askInstant: (key, { source, expression }) =>
      loadInstant(key, () =>
        requests.quiet((api) => api.query.instant({ source, expression, seriesMax: SERIES_MAX })),
      ),
    bounds,
    askBounds: (key, question) =>
      loadBounds(key, () => requests.quiet(async (api) => readBounds(await api.query.bounds(question)))),
    stop: () => {
      maker.stop();
      for (const abort of underWay.values()) abort.abort();
      underWay.clear();
    },
  };
}

type Read = Pick<SignalAnswer, 'frame' | 'seriesTotal' | 'notes' | 'tookMs'>;

async function read(
  requests: Requests,
  maker: FrameMaker,
  { panel, span, widthPx, pinned }: SignalQuestion,
  { name, isRenewal, signal }: { name: string; isRenewal: boolean; signal: AbortSignal },
): Promise<Result<Read, Failure>> {
  const { source, expression } = panel;
  const rangeOf = (api: Api, shiftMs: number, ask: string) =>
    api.query.range(
      {
        source,
        expression,
        fromAt: span.fromAt - shiftMs,
        toAt: span.toAt - shiftMs,
        stepMs: span.stepMs,
        seriesMax: SERIES_MAX,
        ask,
      },
      { signal },
    );
  // A week earlier on whole steps, so that both lie on the same times.
  const compareMs = Math.round(WEEK_MS / span.stepMs) * span.stepMs;
  const answered = await requests.quiet(async (api) => {
    const [now, before] = await Promise.all([
      rangeOf(api, 0, name),
      panel.compare ? rangeOf(api, compareMs, `${name}-before`) : null,
    ]);
    const [file, beforeFile] = await Promise.all([
      wholeFile(api, now, signal),
      before ? wholeFile(api, before, signal) : null,
    ]);
    return { now, file, beforeFile };
  });
  if (!answered.ok) return answered;
  const { now, file, beforeFile } = answered.value;
  try {
    const wish = { ...span, widthPx, draw: panel.draw, linesMax: LINES_MAX, pinned, compareMs };
    const frame = await maker.make(file, beforeFile, wish, isRenewal);
    return ok({ frame, seriesTotal: now.seriesTotal, notes: now.notes, tookMs: now.tookMs });
  } catch (thrown) {
    return err({ code: 'answer-not-drawn', text: messageOf(thrown), confirmation: null });
  }
}

function watchProgress(requests: Requests, ask: string, seen: (samples: number) => void): () => void {
  const timer = setInterval(async () => {
    const progress = await requests.quiet((api) => api.query.progress({ ask }));
    // A question that is not known any more is answered already, which is said by its answer.
    if (progress.ok && progress.value.state !== 'unknown') seen(progress.value.samples);
  }, PROGRESS_EVERY_MS);
  return () => clearInterval(timer);
}
