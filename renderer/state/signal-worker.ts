import { CodedError } from '../../shared/error/coded.ts';
import type { FrameAnswer, FrameQuestion } from './signal.worker.ts';
import type { FrameWish, SignalFrame } from './signal-frame.ts';

/** The thread that makes answers ready to be drawn. It starts at once: it is there when the first answer comes. */
export interface FrameMaker {
  /** The files are handed over: they cannot be read here afterwards. */
  make(
    file: ArrayBuffer,
    before: ArrayBuffer | null,
    wish: FrameWish,
    isRenewal: boolean,
  ): Promise<SignalFrame>;
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
    fresh.addEventListener('message', ({ data }: MessageEvent<readonly FrameAnswer[]>) => {
      for (const answer of data) {
        const asked = waiting.get(answer.id);
        waiting.delete(answer.id);
        if ('frame' in answer) asked?.resolve(answer.frame);
        else asked?.reject(unreadable(answer.problem));
      }
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
    make: (file, before, wish, isRenewal) =>
      new Promise((resolve, reject) => {
        worker ??= begin();
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        const question: FrameQuestion = { id: lastId, wish, file, before, isRenewal };
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
