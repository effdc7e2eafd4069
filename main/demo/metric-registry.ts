/** Labels of one exposed series, without the metric's name. */
export type MetricLabels = Readonly<Record<string, string>>;

/** A figure that only grows while its process lives. */
export class Counter {
  value = 0;
  readonly labels: MetricLabels;

  constructor(labels: MetricLabels) {
    this.labels = labels;
  }

  add(amount = 1): void {
    this.value += amount;
  }
}

/** A figure that goes up and down. */
export class Gauge {
  value = 0;
  readonly labels: MetricLabels;

  constructor(labels: MetricLabels) {
    this.labels = labels;
  }

  set(value: number): void {
    this.value = value;
  }
}

/** The last traced observation of a bucket. Source: https://prometheus.io/docs/specs/om/open_metrics_spec/#exemplars */
export interface BucketExemplar {
  readonly traceId: string;
  readonly value: number;
  readonly at: number;
}

/** Counts per bucket are kept apart and added up only when they are written, so they are monotone by construction. */
export class Histogram {
  readonly counts: Float64Array;
  sum = 0;
  /** By the bucket's place. */
  readonly exemplars = new Map<number, BucketExemplar>();
  readonly labels: MetricLabels;
  readonly bounds: readonly number[];

  constructor(labels: MetricLabels, bounds: readonly number[]) {
    this.labels = labels;
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number, traced: { readonly traceId: string; readonly at: number } | null = null): void {
    let index = 0;
    while (index < this.bounds.length && value > (this.bounds[index] ?? 0)) index++;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.sum += value;
    if (traced) this.exemplars.set(index, { ...traced, value });
  }
}

/** All series of one metric name: they share its help text and its kind. */
export class Family<S extends Counter | Gauge | Histogram> {
  readonly series = new Map<string, S>();
  readonly name: string;
  readonly help: string;
  private readonly make: (labels: MetricLabels) => S;

  constructor(name: string, help: string, make: (labels: MetricLabels) => S) {
    this.name = name;
    this.help = help;
    this.make = make;
  }

  with(labels: MetricLabels): S {
    const key = labelKey(labels);
    const known = this.series.get(key);
    if (known !== undefined) return known;
    const made = this.make(labels);
    this.series.set(key, made);
    return made;
  }

  clear(): void {
    this.series.clear();
  }
}

/** One family with its kind, which is what a writer needs. */
export type AnyFamily =
  | { readonly kind: 'counter'; readonly family: Family<Counter> }
  | { readonly kind: 'gauge'; readonly family: Family<Gauge> }
  | { readonly kind: 'histogram'; readonly family: Family<Histogram> };

/** The metrics of one simulated process; a process that dies takes its registry with it. */
export class MetricRegistry {
  readonly families = new Map<string, AnyFamily>();

  counter(name: string, help: string): Family<Counter> {
    return this.keep('counter', new Family(name, help, (labels) => new Counter(labels)));
  }

  gauge(name: string, help: string): Family<Gauge> {
    return this.keep('gauge', new Family(name, help, (labels) => new Gauge(labels)));
  }

  histogram(name: string, help: string, bounds: readonly number[]): Family<Histogram> {
    return this.keep('histogram', new Family(name, help, (labels) => new Histogram(labels, bounds)));
  }

  private keep<F extends AnyFamily['family']>(kind: AnyFamily['kind'], family: F): F {
    if (this.families.has(family.name))
      throw new Error(`The metric ${family.name} is registered twice: this is a bug in the demo fleet.`);
    this.families.set(family.name, { kind, family } as unknown as AnyFamily);
    return family;
  }
}

function labelKey(labels: MetricLabels): string {
  return JSON.stringify(Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1)));
}
