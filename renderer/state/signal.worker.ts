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
}
export type FrameAnswer =
  | { readonly id: number; readonly frame: SignalFrame }
  | { readonly id: number; readonly problem: string };

// As in the window: the policy forbids code made from text.
config({ jitless: true });

addEventListener('message', ({ data }: MessageEvent<FrameQuestion>) => {
  try {
    const file = decodeSeries(data.file);
    const before = data.before === null ? null : decodeSeries(data.before).series;
    const frame = frameOf(file.series, before, data.wish, file.unwatched);
    send({ id: data.id, frame }, buffersOf(frame));
  } catch (thrown) {
    send({ id: data.id, problem: messageOf(thrown) }, []);
  }
});

function send(answer: FrameAnswer, handed: Transferable[]): void {
  postMessage(answer, { transfer: handed });
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
