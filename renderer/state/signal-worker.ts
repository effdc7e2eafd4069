import { CodedError } from '../../shared/error/coded.ts';
import type { FrameAnswer, FrameQuestion } from './signal.worker.ts';
import type { FrameWish, SignalFrame } from './signal-frame.ts';

/** The thread that makes answers ready to be drawn. It starts at once: it is there when the first answer comes. */
export interface FrameMaker {
  /** The files are handed over: they cannot be read here afterwards. */
  make(file: ArrayBuffer, before: ArrayBuffer | null, wish: FrameWish): Promise<SignalFrame>;
  stop(): void;
}

interface Waiting {
  readonly resolve: (frame: SignalFrame) => void;
  readonly reject: (problem: Error) => void;
}

/** `start` opens the worker; one that died is started again for the next question. */
export function createFrameMaker(start: () => Worker): FrameMaker {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  const begin = (): Worker => {
    const fresh = start();
    fresh.addEventListener('message', ({ data }: MessageEvent<FrameAnswer>) => {
      const asked = waiting.get(data.id);
      waiting.delete(data.id);
      if ('frame' in data) asked?.resolve(data.frame);
      else asked?.reject(unreadable(data.problem));
    });
    fresh.addEventListener('error', (event) => {
      worker = null;
      fresh.terminate();
      for (const asked of waiting.values())
        asked.reject(unreadable(event.message || 'its thread could not be started'));
      waiting.clear();
    });
    return fresh;
  };
  let worker: Worker | null = begin();
  return {
    stop: () => {
      worker?.terminate();
      worker = null;
    },
    make: (file, before, wish) =>
      new Promise((resolve, reject) => {
        worker ??= begin();
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        const question: FrameQuestion = { id: lastId, wish, file, before };
        worker.postMessage(question, { transfer: before ? [file, before] : [file] });
      }),
  };
}

export function startFrameWorker(): Worker {
  return new Worker(new URL('./signal.worker.ts', import.meta.url), { type: 'module', name: 'signals' });
}

function unreadable(why: string): CodedError<'answer-not-drawn'> {
  return new CodedError('answer-not-drawn', `The answer could not be drawn: ${why}. Ask again.`);
}
