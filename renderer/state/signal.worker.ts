import { config } from 'zod';
import { decodeSeries } from '../../shared/contract/series-file.ts';
import { messageOf } from '../../shared/error/coded.ts';
import { type FrameWish, frameOf, type SignalFrame } from './signal-frame.ts';

/** Makes answers ready to be drawn away from the thread that draws: ten million samples must not hold up a key. */
export interface FrameQuestion {
  readonly id: number;
  readonly wish: FrameWish;
  readonly file: ArrayBuffer;
  readonly before: ArrayBuffer | null;
  /** Replaces a picture that stands already, so it may wait for others of its board. */
  readonly isRenewal: boolean;
}
export type FrameAnswer =
  | { readonly id: number; readonly frame: SignalFrame }
  | { readonly id: number; readonly problem: string };

/** Panels of a board are renewed together; what comes within this time is drawn in one pass, instead of in one each. */
const GATHER_MS = 80;

// As in the window: the policy forbids code made from text.
config({ jitless: true });

let gathered: FrameAnswer[] = [];

addEventListener('message', ({ data }: MessageEvent<FrameQuestion>) => {
  const answer = answerOf(data);
  if (!data.isRenewal) return send([answer]);
  if (gathered.length === 0) setTimeout(sendGathered, GATHER_MS);
  gathered.push(answer);
});

function sendGathered(): void {
  const answers = gathered;
  gathered = [];
  send(answers);
}

function answerOf({ id, wish, file, before }: FrameQuestion): FrameAnswer {
  try {
    const { series, unwatched } = decodeSeries(file);
    return {
      id,
      frame: frameOf(series, before === null ? null : decodeSeries(before).series, wish, unwatched),
    };
  } catch (thrown) {
    return { id, problem: messageOf(thrown) };
  }
}

function send(answers: readonly FrameAnswer[]): void {
  const handed = answers.flatMap((answer) => ('frame' in answer ? buffersOf(answer.frame) : []));
  postMessage(answers, { transfer: handed });
}

function buffersOf({ seconds, lines, band, rows, heat }: SignalFrame): ArrayBuffer[] {
  const columns = [
    seconds,
    ...lines.flatMap((line) => (line.before ? [line.values, line.before] : [line.values])),
    ...(band ? [band.low, band.high] : []),
    rows.last,
    rows.min,
    rows.max,
    rows.mean,
    ...(heat ? [heat.bounds, heat.cells] : []),
  ];
  return [...new Set(columns.map((column) => column.buffer as ArrayBuffer))];
}
