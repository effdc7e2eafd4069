import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { writeFiles } from '../../../main/platform/index.ts';
import { valueTicks } from '../../../main/postmortem/chart-path.ts';
import { renderChartSvg } from '../../../main/postmortem/chart-svg.ts';
import { draftPostmortem } from '../../../main/postmortem/draft.ts';
import { requestCounts } from '../../../main/postmortem/evidence-facts.ts';
import { exportFiles } from '../../../main/postmortem/export.ts';
import type { PostmortemFacts } from '../../../main/postmortem/facts.ts';
import { safeFileName } from '../../../main/postmortem/markdown.ts';
import { hostileText, labelsOf } from '../../support/arbitrary.ts';
import { entry, evidenceWrite, incidentOf, NOW, objectiveStatus } from '../../support/incident.ts';

const factsOf = (text: string, change: Partial<PostmortemFacts> = {}): PostmortemFacts => ({
  incident: incidentOf({
    title: text,
    service: text,
    services: [text, 'gateway'],
    suggestion: { severity: 'SEV-2', arithmetic: text },
  }),
  timeline: [
    {
      ...entry({ title: text, detail: text, actor: text, kind: 'alert' }),
      incidentId: 'i',
      seq: 1,
      previousHash: '',
      hash: '',
    },
    {
      ...entry({ title: `Relapse: ${text}`, detail: text, kind: 'phase' }),
      incidentId: 'i',
      seq: 2,
      previousHash: '',
      hash: '',
    },
    {
      ...entry({ title: text, detail: text, kind: 'change' }),
      incidentId: 'i',
      seq: 3,
      previousHash: '',
      hash: '',
    },
  ],
  evidence: [
    {
      chart: { ...evidenceWrite('e').chart, title: text, unit: text, expression: text, source: text },
      series: [],
    },
    { chart: { ...evidenceWrite('f').chart, title: text, missing: text || 'gone' }, series: [] },
  ],
  run: null,
  objectives: [objectiveStatus()],
  now: NOW + 600_000,
  ...change,
});

describe('the files of an export', () => {
  it('have names of letters, digits, hyphens and one ending, whatever the incident is called', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const { markdown, charts } = exportFiles(draftPostmortem(factsOf(text)), factsOf(text));
        const names = [markdown.name, ...charts.map((chart) => chart.name)];
        for (const name of names) {
          expect(name).toMatch(/^[a-z0-9][a-z0-9-]*\.(md|svg)$/);
          expect(name.length).toBeLessThan(200);
        }
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  it('are no device of another system, and never empty', () => {
    for (const text of ['', '...', '///', 'CON', 'nul', '日本語', '🧯', '-', 'a'.repeat(900)]) {
      expect(safeFileName(text)).toMatch(/^[a-z0-9][a-z0-9-]{0,59}$/);
      const { markdown } = exportFiles(draftPostmortem(factsOf(text)), factsOf(text));
      expect(markdown.name.startsWith('inc-0001-')).toBe(true);
    }
  });

  it('begin with front matter that a YAML reader takes back as it was', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const { markdown } = exportFiles(draftPostmortem(factsOf(text)), factsOf(text));
        const [, head] = markdown.text.split(/^---$/m);
        const parsed = parseDocument(head ?? '');
        expect(parsed.errors).toEqual([]);
        expect(parsed.toJS()).toMatchObject({
          incident: 'INC-0001',
          title: text.toWellFormed(),
          service: text.toWellFormed(),
          revision: 1,
        });
      }),
    );
  });

  it('keep their headings and tables, and hold no link, image or markup that nobody wrote', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const { markdown, charts } = exportFiles(draftPostmortem(factsOf(text)), factsOf(text));
        const body = markdown.text.slice(markdown.text.indexOf('\n---\n') + 5);
        const headings = body.split('\n').filter((line) => /^#{1,6} /.test(line));
        expect(headings).toHaveLength(1 + 10 + 1);
        const images = [...body.matchAll(/!\[[^\]]*\]\(([^)]*)\)/g)].map(([, to]) => to);
        for (const to of images) expect(charts.map((chart) => `./${chart.name}`)).toContain(to);
        const outside = body.replace(/`[^`\n]*`/g, '').replace(/\\[\s\S]/g, '');
        expect(outside).not.toMatch(/<[a-z!/]/i);
        expect(outside).not.toMatch(/https?:\/\//);
        for (const row of body.split('\n').filter((line) => line.startsWith('|')))
          expect(row.replace(/\\./g, '').split('|').length).toBeLessThanOrEqual(7);
      }),
    );
  });
});

describe('writing them', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'midwatch-export-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('replaces an earlier export whole, readable by its owner alone, and leaves no piece behind', async () => {
    const files = [{ name: 'a.md', text: 'first and long' }];
    await writeFiles(join(folder, 'deep', 'er'), files);
    const [path] = await writeFiles(join(folder, 'deep', 'er'), [{ name: 'a.md', text: 'second' }]);
    expect(await readFile(path ?? '', 'utf8')).toBe('second');
    expect((await stat(path ?? '')).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'deep', 'er'))).toEqual(['a.md']);
  });

  it('that fails half-way keeps the earlier Markdown, which its charts still fit', async () => {
    await writeFiles(folder, [
      { name: 'chart.svg', text: '<svg/>' },
      { name: 'a.md', text: 'first' },
    ]);
    await rm(join(folder, 'chart.svg'));
    await expect(
      writeFiles(folder, [
        { name: 'sub/chart.svg', text: 'x' },
        { name: 'a.md', text: 'second' },
      ]),
    ).rejects.toThrow();
    expect(await readFile(join(folder, 'a.md'), 'utf8')).toBe('first');
    expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });
});

describe('a chart', () => {
  const value = fc.oneof(
    fc.double(),
    fc.double({ min: -1e6, max: 1e6 }),
    fc.constantFrom(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0,
      -0,
      Number.MIN_VALUE,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
    ),
  );
  const steps = fc.array(fc.integer({ min: 1, max: 600_000 }), { minLength: 1, maxLength: 60 });
  const series = fc
    .tuple(steps, fc.array(value, { minLength: 60, maxLength: 60 }), labelsOf())
    .map(([gaps, values, labels]) => {
      let at = NOW - 7_200_000;
      const times = gaps.map((gap) => {
        at += gap;
        return at;
      });
      return {
        labels,
        times: Float64Array.from(times),
        values: Float64Array.from(values.slice(0, times.length)),
      };
    });
  const chartOf = (text: string, threshold: number | null) => ({
    ...evidenceWrite('e').chart,
    title: text,
    unit: text,
    threshold: threshold === null ? null : { value: threshold, label: text },
  });
  const anyChart = fc.tuple(
    hostileText,
    fc.array(series, { maxLength: 7 }),
    fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null }),
  );

  it('holds numbers alone where numbers belong, whatever was measured', () => {
    fc.assert(
      fc.property(anyChart, ([text, lines, threshold]) => {
        const svg = renderChartSvg(chartOf(text, threshold), lines, [{ at: NOW, label: text }]);
        for (const [, name, content = ''] of svg.matchAll(/ (x|y|x1|y1|x2|y2|d)="([^"]*)"/g))
          expect({ name, content }).not.toMatchObject({
            content: expect.stringMatching(/NaN|Infinity|undefined|e\+/),
          });
      }),
      { numRuns: 300 },
    );
  });

  it('is well-formed and holds no script, link or image, whatever the labels say', () => {
    fc.assert(
      fc.property(anyChart, ([text, lines, threshold]) => {
        const svg = renderChartSvg(chartOf(text, threshold), lines, [{ at: NOW, label: text }]);
        const tags = [...svg.matchAll(/<\/?([a-zA-Z]+)/g)].map(([, name]) => name);
        const known = ['svg', 'title', 'rect', 'text', 'tspan', 'line', 'path'];
        expect(tags.filter((name) => !known.includes(name ?? ''))).toEqual([]);
        const depth = [...svg.matchAll(/<(\/?)[a-z]+[^>]*?(\/?)>/g)].reduce(
          (open, [, closing, alone]) => open + (closing ? -1 : alone ? 0 : 1),
          0,
        );
        expect(depth).toBe(0);
        expect(svg.replace(/[\t\n\r]/g, '')).not.toMatch(/[\p{Cc}\ufffe\uffff]/u);
      }),
    );
  });

  it('draws no line over a gap: a piece for each stretch that was seen', () => {
    const times = Float64Array.from(
      [0, 10, 20, 30, 300, 310, 320, 900],
      (second) => NOW - 3_600_000 + second * 1_000,
    );
    const values = Float64Array.of(1, 2, Number.NaN, 3, 1, 2, 3, 9);
    const svg = renderChartSvg(chartOf('t', null), [{ labels: {}, times, values }]);
    const [, path = ''] = /<path d="([^"]*)"/.exec(svg) ?? [];
    const pieces = path.split('M').filter((piece) => piece !== '');
    expect(pieces.map((piece) => piece.split('L').length)).toEqual([2, 1, 3, 1]);
    // A sample alone is a dot and not nothing.
    expect(pieces.filter((piece) => piece.endsWith('h0.1'))).toHaveLength(2);
  });

  it('keeps each spike of a week though it cannot draw each sample', () => {
    const count = 60_000;
    const times = Float64Array.from({ length: count }, (_, i) => NOW - 7 * 86_400_000 + i * 10_000);
    const values = new Float64Array(count).fill(1);
    values[31_337] = 1_000;
    const chart = { ...chartOf('t', null), fromAt: times[0] ?? 0, toAt: NOW };
    const svg = renderChartSvg(chart, [{ labels: {}, times, values }]);
    const [, path = ''] = /<path d="([^"]*)"/.exec(svg) ?? [];
    const heights = path.split(/[ML]/).flatMap((point) => Number(point.split(' ')[1] ?? Number.NaN) || []);
    expect(Math.min(...heights)).toBeLessThan(Math.max(...heights) - 100);
    expect(path.length).toBeLessThan(60_000);
  });

  it('without samples says that there is no data, or why they are missing', () => {
    expect(renderChartSvg(chartOf('t', null), [])).toContain('No data');
    const missing = { ...chartOf('t', null), missing: 'prom <did> not answer' };
    expect(renderChartSvg(missing, [])).toContain('Missing: prom &lt;did&gt; not answer');
  });

  it('has ticks that take in all values in equal steps', () => {
    const finite = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 20 }), (all) => {
        const ticks = valueTicks([...all, 0]);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(12);
        const span = (ticks.at(-1) ?? 0) - (ticks[0] ?? 0);
        const slack = Math.abs(span) * 1e-9;
        expect(ticks[0]).toBeLessThanOrEqual(Math.min(0, ...all) + slack);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(Math.max(0, ...all) - slack);
        const first = (ticks[1] ?? 0) - (ticks[0] ?? 0);
        for (let i = 1; i < ticks.length; i += 1)
          expect(Math.abs((ticks[i] ?? 0) - (ticks[i - 1] ?? 0) - first)).toBeLessThanOrEqual(first * 1e-6);
      }),
    );
  });
});

describe('counts from kept samples', () => {
  const exhibit = (values: readonly number[], offsetMs = 0) => ({
    chart: evidenceWrite('e').chart,
    series: [
      {
        labels: {},
        times: Float64Array.from(values, (_, i) => NOW + offsetMs + i * 10_000),
        values: Float64Array.from(values),
      },
    ],
  });

  it('do not take requests of which nobody knows for ones that went well', () => {
    const known = requestCounts(
      exhibit([1_000, 1_000, Number.NaN, Number.NaN, 1_000]),
      exhibit([10, 10, 10, 10, 10]),
      0.999,
      NOW,
      NOW + 60_000,
    );
    expect(known).toEqual({ failed: 200, total: 200 });
  });

  it('are none where the two charts were kept at different instants', () => {
    expect(requestCounts(exhibit([10, 10]), exhibit([10, 10], 5_000), 0.999, NOW, NOW + 60_000)).toBeNull();
  });

  it('never have more failures than requests, nor fewer than none', () => {
    const number = fc.double({ min: -5, max: 5_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 2, maxLength: 30 }), (burn) => {
        const counts = requestCounts(exhibit(burn), exhibit(burn.map(() => 7)), 0.99, NOW, NOW + 600_000);
        if (!counts) return;
        expect(counts.failed).toBeGreaterThanOrEqual(0);
        expect(counts.failed).toBeLessThanOrEqual(counts.total + 1e-9);
      }),
    );
  });
});
