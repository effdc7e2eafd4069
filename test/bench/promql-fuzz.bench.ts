import { type EngineOptions, evaluateRange, evaluateValue } from '../../main/query/engine.ts';
import { messageOf } from '../../shared/error/coded.ts';
import { randomBy } from '../support/fleet-samples.ts';
import { createMemorySamples } from '../support/memory-metrics.ts';
import { createRandomPromql, PROMETHEUS_2_42 } from '../support/random-promql.ts';
import { randomSeries, SERIES_MS } from '../support/random-series.ts';
import type { Benchmark } from './support/benchmark.ts';

const START = 1_699_999_200_000;
const HANG_MS = 1_000;
const SHOWN = 10;

const HOSTILE = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '`',
  '\\',
  ',',
  ':',
  '@',
  '#',
  '\n',
  '\0',
  '\ud800',
  '💥',
  '-',
  '^',
  '%',
  '1e999',
  '0x',
  '99999999999y',
  '[1ms:1ms]',
  '[1000y:1ms]',
  ' offset -99y',
  ' @ 1e300',
  '{a=~"(a+)+$"}',
  '{__source__="x"}',
  ' by ()',
  ' on () group_left ()',
  ' bool ',
  'sum',
  'rate',
  'NaN',
  '__proto__',
  'constructor',
  ' fill(1) ',
  ' smoothed',
  'start()',
  'step()',
  '"\\xff"',
  '"\\u{}"',
];

/** Parser and evaluator under random trees and damaged, hostile text: nothing may throw, nothing may hang. */
export const benchmark: Benchmark = {
  about: 'parser and evaluator of PromQL under hostile text and random trees',
  options: { minutes: { kind: 'number', about: 'how long', default: 10, min: 1, max: 600 } },
  async run(options, say) {
    const random = randomBy(options.seed);
    const { reader, writer } = createMemorySamples();
    for (const { labels, samples } of randomSeries(START, random)) {
      const { refs } = writer.register([Object.fromEntries(labels)]);
      for (const [value, at] of samples)
        if (typeof value === 'number') writer.append({ at, refs, values: Float64Array.of(value) });
    }
    const { expression } = createRandomPromql(random, PROMETHEUS_2_42, START + SERIES_MS);
    const tally = { asked: 0, answered: 0, crashes: 0, hangs: 0, repeated: 0, longestMs: 0 };
    const notes: string[] = [];
    const until = performance.now() + options.number('minutes') * 60_000;
    while (performance.now() < until) {
      const text = damaged(expression(), random);
      const engine: EngineOptions = {
        monotonic: () => performance.now(),
        timeoutMs: HANG_MS / 2,
        compat: random() < 0.5 ? 2 : 3,
      };
      const at = START + Math.floor(random() * SERIES_MS);
      const stepMs = 1 + Math.floor(random() ** 4 * 600_000);
      const window = { fromAt: at, toAt: at + Math.floor(random() * 400) * stepMs, stepMs };
      const isInstant = random() < 0.5;
      const timed = (): number => {
        const began = performance.now();
        try {
          const answer = isInstant
            ? evaluateValue(reader, text, at, engine)
            : evaluateRange(reader, text, window, engine);
          if (answer.ok) tally.answered += 1;
        } catch (thrown) {
          tally.crashes += 1;
          if (notes.length < SHOWN)
            notes.push(`${JSON.stringify(text).slice(0, 400)} threw ${messageOf(thrown)}`);
        }
        return performance.now() - began;
      };
      let tookMs = timed();
      // The machine may have been held up by something else: a text that hangs does so each time.
      if (tookMs > HANG_MS) {
        tally.repeated += 1;
        tookMs = Math.min(timed(), timed());
      }
      tally.asked += 1;
      tally.longestMs = Math.max(tally.longestMs, tookMs);
      if (tookMs > HANG_MS) {
        tally.hangs += 1;
        if (notes.length < SHOWN)
          notes.push(`${JSON.stringify(text).slice(0, 400)} took ${Math.round(tookMs)} ms`);
      }
      if (tally.asked % 20_000 === 0) say(`${tally.asked} asked, ${tally.answered} answered`);
    }
    return {
      figures: [
        { name: 'asked', label: 'texts', value: tally.asked, unit: '' },
        {
          name: 'answered',
          label: '  answered with a value, the rest with a coded error',
          value: tally.answered,
          unit: '',
        },
        { name: 'crashes', label: 'crashes', value: tally.crashes, unit: '', atMost: 0 },
        {
          name: 'repeated',
          label: '  asked twice more, having taken longer than 1 s once',
          value: tally.repeated,
          unit: '',
        },
        { name: 'hangs', label: 'longer than 1 s each time', value: tally.hangs, unit: '', atMost: 0 },
        { name: 'longestMs', label: 'longest', value: tally.longestMs, unit: 'ms', atMost: HANG_MS },
      ],
      notes,
    };
  },
};

function damaged(text: string, random: () => number): string {
  let out = text;
  for (let count = Math.floor(random() * 4); count > 0; count -= 1) {
    const at = Math.floor(random() * (out.length + 1));
    const length = Math.floor(random() * 8);
    const hostile = HOSTILE[Math.floor(random() * HOSTILE.length)] ?? '';
    const way = random();
    if (way < 0.35) out = out.slice(0, at) + hostile + out.slice(at);
    else if (way < 0.6) out = out.slice(0, at) + out.slice(at + length);
    else if (way < 0.75)
      out =
        out.slice(0, at) + out.slice(at, at + length).repeat(1 + Math.floor(random() * 3)) + out.slice(at);
    else if (way < 0.8) out = `${'('.repeat(Math.floor(random() * 300))}${out}`;
    else if (way < 0.85)
      out = Array.from({ length: 2 + Math.floor(random() * 40) }, () => out)
        .join(' + ')
        .slice(0, 20_000);
    else out = out.slice(0, at) + String.fromCharCode(Math.floor(random() * 0x1_0000)) + out.slice(at);
  }
  return out;
}
