import { stretched } from './extrapolate.ts';

/** A fall of the counter inside the window: what it stood at, and when it last stood there. */
interface Fall {
  readonly beforeAt: number;
  readonly lost: number;
}

/** Samples at the window's far end that are held, so that the store is not asked at each step. */
const BLOCK = 128;

/**
 * The increase of one counter over one sliding window, carried: what enters is added, what leaves is taken off, and the
 * answer is the one that counting all samples anew would give, to the last bit. Samples come in the order of time.
 */
export class IncreaseCursor {
  /** The oldest samples of the window, from `from` on; there are more in the store where `isCut`. */
  private times: number[] = [];
  private values: number[] = [];
  private from = 0;
  private isCut = false;
  private count = 0;
  private newestAt = Number.NEGATIVE_INFINITY;
  private newest = 0;
  private falls: Fall[] = [];
  private lost = 0;
  /** Whether all that was lost so far are whole numbers, so that taking off is exact. */
  private isWhole = true;

  /** When its newest sample was. */
  lastAt(): number {
    return this.newestAt;
  }

  isEmpty(): boolean {
    return this.count === 0;
  }

  enter(at: number, value: number): void {
    if (at <= this.newestAt) return;
    if (this.count > 0 && value < this.newest) this.fell(this.newestAt, this.newest);
    if (!this.isCut) {
      if (this.times.length - this.from < BLOCK) {
        this.times.push(at);
        this.values.push(value);
      } else this.isCut = true;
    }
    this.newestAt = at;
    this.newest = value;
    this.count += 1;
  }

  /**
   * Takes off what is not after the instant. Answers the time after which more samples are needed to go on, of which
   * `supply` takes the oldest; null when it is done.
   */
  leave(openStartAt: number): number | null {
    while (this.count > 0) {
      const at = this.times[this.from];
      if (at === undefined) throw new Error('A window that has samples has lost its oldest.');
      if (at > openStartAt) {
        if (this.from >= BLOCK) this.hold(this.from);
        return null;
      }
      const isLastHeld = this.from + 1 >= this.times.length;
      if (isLastHeld && this.count > 1) return at;
      this.from += 1;
      this.count -= 1;
      if (this.falls[0]?.beforeAt === at) this.rose();
    }
    this.hold(0);
    this.isCut = false;
    return null;
  }

  /**
   * The samples between the two instants are gone from the store, and with them all older ones. Whether what is left
   * could be told; else the series must be read anew.
   */
  drop(fromAt: number, toAt: number): boolean {
    const oldestAt = this.times[this.from];
    if (oldestAt === undefined || oldestAt > toAt) return true;
    return fromAt <= oldestAt && this.leave(toAt) === null;
  }

  /** The samples after those that are held; all of them up to the newest where `isAll`. */
  supply(times: ArrayLike<number>, values: ArrayLike<number>, isAll: boolean): void {
    const heldAt = this.times.at(-1) ?? Number.NEGATIVE_INFINITY;
    this.hold(this.from);
    let next = 0;
    while (next < times.length && (times[next] ?? 0) <= heldAt) next += 1;
    for (; next < times.length && this.times.length < BLOCK; next += 1) {
      this.times.push(times[next] ?? 0);
      this.values.push(values[next] ?? 0);
    }
    this.isCut = next < times.length || !isAll;
  }

  /** A span that holds about as many samples as are held at a time. */
  blockMs(): number {
    const firstAt = this.times[this.from] ?? this.newestAt;
    return Math.ceil(((this.newestAt - firstAt) / Math.max(1, this.count - 1)) * BLOCK);
  }

  value(window: {
    readonly startAt: number;
    readonly endAt: number;
    readonly legacy: boolean;
  }): number | undefined {
    const steps = this.count - 1;
    if (steps < 1) return undefined;
    const first = this.values[this.from] ?? 0;
    const seen = {
      firstAt: this.times[this.from] ?? 0,
      lastAt: this.newestAt,
      first,
      steps,
      change: this.newest - first + this.lost,
    };
    return stretched(seen, window, true, false);
  }

  private hold(from: number): void {
    const isEmpty = this.count === 0;
    this.times = isEmpty ? [] : this.times.slice(from);
    this.values = isEmpty ? [] : this.values.slice(from);
    this.from = 0;
  }

  private fell(beforeAt: number, lost: number): void {
    this.falls.push({ beforeAt, lost });
    this.lost += lost;
    this.isWhole &&= Number.isSafeInteger(lost) && Number.isSafeInteger(this.lost);
  }

  private rose(): void {
    const gone = this.falls.shift();
    if (this.isWhole) this.lost -= gone?.lost ?? 0;
    // Sums of fractions depend on their order: the one of counting anew is from the oldest on.
    else this.lost = this.falls.reduce((sum, fall) => sum + fall.lost, 0);
  }
}
