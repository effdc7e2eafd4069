import type { Page } from './notification.ts';
import { type Priority, priorityRank } from './priority.ts';

/** One pulse of a sound: when it begins, how long it lasts, its pitch, and how much of it is overtones (0 to 1). */
interface Pulse {
  readonly atMs: number;
  readonly lastsMs: number;
  readonly hertz: number;
  readonly bright: number;
}

/**
 * The sound of each priority. The number of pulses tells them apart, so that nobody needs an ear for pitch at 3 a.m.: five,
 * three, two, one. More urgent is also faster, brighter and rising; a P3 is one soft note.
 * @see IEC 60601-1-8, which tells the priorities of medical alarms by bursts of pulses and asks for at least four overtones.
 */
const CHIMES: Readonly<Record<Priority, readonly Pulse[]>> = {
  P0: [
    { atMs: 0, lastsMs: 130, hertz: 659.26, bright: 0.9 },
    { atMs: 170, lastsMs: 130, hertz: 783.99, bright: 0.9 },
    { atMs: 340, lastsMs: 130, hertz: 987.77, bright: 0.9 },
    { atMs: 680, lastsMs: 130, hertz: 987.77, bright: 1 },
    { atMs: 850, lastsMs: 220, hertz: 1_318.51, bright: 1 },
  ],
  P1: [
    { atMs: 0, lastsMs: 180, hertz: 587.33, bright: 0.7 },
    { atMs: 240, lastsMs: 180, hertz: 739.99, bright: 0.7 },
    { atMs: 480, lastsMs: 260, hertz: 880, bright: 0.7 },
  ],
  P2: [
    { atMs: 0, lastsMs: 200, hertz: 523.25, bright: 0.4 },
    { atMs: 280, lastsMs: 300, hertz: 659.26, bright: 0.4 },
  ],
  P3: [{ atMs: 0, lastsMs: 380, hertz: 440, bright: 0.2 }],
};

/** Overtones of a pulse, the second to the fifth, at full brightness. */
const OVERTONES = [0.6, 0.45, 0.3, 0.2];
/** Without a soft beginning and end a pulse clicks. */
const EDGE_MS = 8;
const TAIL_MS = 60;
/** Headroom for the sum of a note and its overtones. */
const LOUDNESS = 0.32;

/** Which sound a page has: its priority's, and the quietest one for the word that all is well again. */
export function chimeOf({ priority, resolved }: Pick<Page, 'priority' | 'resolved'>): Priority {
  return resolved ? 'P3' : priority;
}

function chimeMs(priority: Priority): number {
  return Math.max(...CHIMES[priority].map((one) => one.atMs + one.lastsMs)) + TAIL_MS;
}

/** The sound as samples from -1 to 1. The same for the window, which plays them, and for the files, which hold them. */
export function renderChime(priority: Priority, sampleRate: number): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(Math.ceil((chimeMs(priority) / 1_000) * sampleRate));
  for (const pulse of CHIMES[priority]) {
    const first = Math.round((pulse.atMs / 1_000) * sampleRate);
    const count = Math.round((pulse.lastsMs / 1_000) * sampleRate);
    for (let n = 0; n < count && first + n < samples.length; n += 1)
      samples[first + n] =
        LOUDNESS * envelope(n, count, sampleRate) * wave(pulse, n / sampleRate, sampleRate);
  }
  return samples;
}

function envelope(n: number, count: number, sampleRate: number): number {
  const edge = (EDGE_MS / 1_000) * sampleRate;
  const rise = Math.min(1, n / edge);
  const fall = Math.min(1, (count - n) / edge);
  // Struck like a bell: loudest at first, two thirds of it gone at the end.
  return rise * fall * (1 - 0.66 * (n / count));
}

function wave({ hertz, bright }: Pulse, seconds: number, sampleRate: number): number {
  let sum = Math.sin(2 * Math.PI * hertz * seconds);
  for (const [index, share] of OVERTONES.entries()) {
    const overtone = hertz * (index + 2);
    // Above half the sample rate an overtone would come back as a wrong note.
    if (overtone < sampleRate / 2) sum += bright * share * Math.sin(2 * Math.PI * overtone * seconds);
  }
  return sum;
}

/**
 * Says of each sound whether it may begin now. While one is heard only a more urgent one may: a storm of pages is one
 * sound, not a heap of them, and no P3 runs into a P0.
 */
export function createChimeGate(): (priority: Priority, now: number) => boolean {
  let heard = { rank: Number.POSITIVE_INFINITY, untilAt: Number.NEGATIVE_INFINITY };
  return (priority, now) => {
    const rank = priorityRank(priority);
    if (now < heard.untilAt && rank >= heard.rank) return false;
    heard = { rank, untilAt: now + chimeMs(priority) };
    return true;
  };
}
