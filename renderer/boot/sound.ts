import { createChimeGate, renderChime } from '../../shared/model/chime.ts';
import type { Priority } from '../../shared/model/priority.ts';

/** Plays the sounds of pages in this window. */
export interface WindowSound {
  /** Answers once it sounds; false where it does not, so that something else must. */
  play(priority: Priority): Promise<boolean>;
}

/** A device that does not open by then is not going to. */
const OPENED_MS = 1_500;

/** The sound is computed, so nothing is loaded for it. The device is held only while something is heard. */
export function createWindowSound(page: Window & typeof globalThis): WindowSound {
  const mayBegin = createChimeGate();
  return {
    async play(priority) {
      if (!mayBegin(priority, page.performance.now())) return true;
      const context = new page.AudioContext();
      if (!(await isRunning(context, page))) {
        await context.close();
        return false;
      }
      const samples = renderChime(priority, context.sampleRate);
      const buffer = context.createBuffer(1, samples.length, context.sampleRate);
      buffer.copyToChannel(samples, 0);
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(context.destination);
      source.addEventListener('ended', () => void context.close());
      source.start();
      return true;
    },
  };
}

/** A browser lets no sound out of a page that nobody has touched yet: then it waits for ever. */
async function isRunning(context: AudioContext, page: Window): Promise<boolean> {
  const opened = context.resume().catch(() => undefined);
  const late = new Promise((resolve) => page.setTimeout(resolve, OPENED_MS));
  await Promise.race([opened, late]);
  return context.state === 'running';
}
