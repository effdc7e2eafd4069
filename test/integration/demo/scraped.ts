/** One series as it was read from an exposition. */
export interface ScrapedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ScrapedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ScrapedSample[];
}

type Matchers = Readonly<Record<string, string | RegExp>>;

/**
 * What one scrape said. Reads the text format strictly and on its own: a line that is not allowed there throws,
 * so that every test of the fleet is a test of its exposition as well.
 */
export class Scraped {
  readonly families: ReadonlyMap<string, ScrapedFamily>;

  constructor(families: ReadonlyMap<string, ScrapedFamily>) {
    this.families = families;
  }

  get samples(): readonly ScrapedSample[] {
    return [...this.families.values()].flatMap((family) => family.samples);
  }

  find(name: string, matchers: Matchers = {}): readonly ScrapedSample[] {
    return this.samples.filter(
      (sample) =>
        sample.name === name &&
        Object.entries(matchers).every(([label, wanted]) => {
          const value = sample.labels[label] ?? '';
          return typeof wanted === 'string' ? value === wanted : wanted.test(value);
        }),
    );
  }

  /** The sum over what matches; a name that is not there at all throws, for no data is not 0. */
  sum(name: string, matchers: Matchers = {}): number {
    const found = this.find(name, matchers);
    if (found.length === 0) throw new Error(`The scrape has no ${name} ${JSON.stringify(matchers)}`);
    return found.reduce((sum, sample) => sum + sample.value, 0);
  }

  has(name: string, matchers: Matchers = {}): boolean {
    return this.find(name, matchers).length > 0;
  }
}

/** What happened between two scrapes of the same fleet. */
export class Between {
  private readonly before: Scraped;
  private readonly after: Scraped;

  constructor(before: Scraped, after: Scraped) {
    this.before = before;
    this.after = after;
  }

  increase(name: string, matchers: Matchers = {}): number {
    const earlier = this.before.find(name, matchers).reduce((sum, sample) => sum + sample.value, 0);
    return this.after.sum(name, matchers) - earlier;
  }

  /** Share of a service's requests that the code matches. */
  share(service: string, code: RegExp): number {
    return (
      this.increase('http_requests_total', { service, code }) /
      this.increase('http_requests_total', { service })
    );
  }

  failing(service: string): number {
    return this.share(service, /^5/);
  }

  /** Share of a service's requests slower than a bucket's bound. */
  slowerThan(service: string, le: string, more: Matchers = {}): number {
    const all = this.increase('http_request_duration_seconds_count', { service, ...more });
    return 1 - this.increase('http_request_duration_seconds_bucket', { service, le, ...more }) / all;
  }
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?)|NaN|[+-]Inf)$/;

export function readExposition(text: string): Scraped {
  const families = new Map<string, { name: string; type: string; help: string; samples: ScrapedSample[] }>();
  let current: { name: string; type: string; help: string; samples: ScrapedSample[] } | undefined;
  const lines = text.split('\n');
  if (text !== '' && lines.pop() !== '') throw new Error('The exposition does not end with a line feed');
  for (const line of lines) {
    if (line === '# EOF') continue;
    const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP' && name !== undefined) {
      if (families.has(name)) throw new Error(`${name} appears twice: its samples are not together`);
      current = { name, type: '', help: rest ?? '', samples: [] };
      families.set(name, current);
    } else if (kind === 'TYPE' && name !== undefined) {
      if (current?.name !== name || current.samples.length > 0)
        throw new Error(`The type of ${name} is out of place`);
      current.type = rest ?? '';
    } else {
      const sample = readSample(line);
      if (current === undefined || !belongs(sample.name, current))
        throw new Error(`${sample.name} stands outside its family`);
      current.samples.push(sample);
    }
  }
  return new Scraped(families);
}

function readSample(line: string): ScrapedSample {
  const [, name, inside = '', number] = SAMPLE.exec(line) ?? [];
  if (name === undefined || number === undefined || !NUMBER.test(number))
    throw new Error(`Not a line of an exposition: ${line}`);
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < inside.length; at = LABEL.lastIndex) {
    LABEL.lastIndex = at;
    const [, label, value] = LABEL.exec(inside) ?? [];
    if (label === undefined || value === undefined || label in labels)
      throw new Error(`Labels that cannot be read: ${inside}`);
    labels[label] = value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return { name, labels, value: Number(number.replace('Inf', 'Infinity')) };
}

function belongs(sample: string, family: { name: string; type: string }): boolean {
  if (family.type === 'histogram')
    return [`${family.name}_bucket`, `${family.name}_sum`, `${family.name}_count`].includes(sample);
  return sample === family.name || (family.type === 'counter' && sample === `${family.name}_total`);
}
