interface SimulatedEvent {
  readonly at: number;
  readonly order: number;
  readonly durable: boolean;
  readonly run: () => void;
}

/**
 * What happens next in the simulated fleet, in order of time and then of planning.
 * Times are milliseconds UTC, with fractions; `now` only ever grows.
 */
export class EventQueue {
  now: number;
  private heap: SimulatedEvent[] = [];
  private planned = 0;

  constructor(startAt: number) {
    this.now = startAt;
  }

  get size(): number {
    return this.heap.length;
  }

  /** Plans something that belongs to requests; it is lost when time is skipped. */
  after(delayMs: number, run: () => void): void {
    this.push({ at: this.now + Math.max(0, delayMs), order: this.planned++, durable: false, run });
  }

  /** Plans something that an operator asked for (the end of a fault, a step of a rollout); survives a skip. */
  durablyAfter(delayMs: number, run: () => void): void {
    this.push({ at: this.now + Math.max(0, delayMs), order: this.planned++, durable: true, run });
  }

  /** Runs everything due by then. Where it stops between does not change what happens. */
  advanceTo(at: number): void {
    for (let next = this.heap[0]; next !== undefined && next.at <= at; next = this.heap[0]) {
      this.pop();
      if (next.at > this.now) this.now = next.at;
      next.run();
    }
    if (at > this.now) this.now = at;
  }

  /** Jumps without living through the time between: requests under way are forgotten, durable events stay. */
  skipTo(at: number): void {
    const kept = this.heap.filter((event) => event.durable);
    this.heap = [];
    for (const event of kept) this.push(event);
    if (at > this.now) this.now = at;
  }

  private push(event: SimulatedEvent): void {
    const heap = this.heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || !before(event, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = event;
  }

  private pop(): void {
    const heap = this.heap;
    const moved = heap.pop();
    if (moved === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = heap[childIndex];
      if (child === undefined) break;
      const right = heap[childIndex + 1];
      if (right !== undefined && before(right, child)) {
        child = right;
        childIndex++;
      }
      if (!before(child, moved)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = moved;
  }
}

function before(left: SimulatedEvent, right: SimulatedEvent): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order);
}
