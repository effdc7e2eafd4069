import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCommand } from '../../../main/host/cli/arguments.ts';
import { replay } from '../../../main/host/cli/replay.ts';
import { replays } from '../../../main/host/cli/replays.ts';
import { ReplayRecord } from '../../../shared/model/replay.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { hasPrometheus, startPrometheus } from '../../support/real-prometheus.ts';

const T0 = Date.UTC(2026, 0, 5);
const MINUTES = 12 * 60;
const RANGE = ['--from', '2026-01-05T03:00:00Z', '--to', '2026-01-05T12:00:00Z'];

const SLO = `apiVersion: openslo/v1
kind: SLO
metadata: { name: checkout-availability }
spec:
  service: checkout
  indicator:
    spec:
      ratioMetric:
        counter: true
        bad: { metricSource: { spec: { query: failed_total } } }
        total: { metricSource: { spec: { query: requests_total } } }
  timeWindow: [{ duration: 28d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ target: 0.99 }]
`;

/** A queue that is too long for 20 minutes, failures for 30, and a version. */
function sampleLines(time: (at: number) => string): string[] {
  let failed = 0;
  let requests = 0;
  const lines: Record<string, string[]> = { failed_total: [], requests_total: [], queue: [], up: [] };
  for (let minute = 0; minute <= MINUTES; minute += 1) {
    const at = time(T0 + minute * 60_000);
    requests += 600;
    failed += minute >= 300 && minute < 330 ? 200 : 0;
    lines.failed_total?.push(`failed_total{job="checkout",instance="a:1"} ${failed} ${at}`);
    lines.requests_total?.push(`requests_total{job="checkout",instance="a:1"} ${requests} ${at}`);
    lines.queue?.push(
      `queue{job="checkout",instance="a:1"} ${minute >= 500 && minute < 520 ? 12 : minute % 3} ${at}`,
    );
    lines.up?.push(`up{job="checkout",instance="a:1"} 1 ${at}`);
  }
  return Object.values(lines).flat();
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-replay-'));
  for (const [name, threshold] of [
    ['shop', 8],
    ['calm', 20],
  ] as const) {
    for (const part of ['slos', 'alerts']) mkdirSync(join(folder, name, part), { recursive: true });
    writeFileSync(
      join(folder, name, 'midwatch.yaml'),
      `name: ${name}\nsources: [{ id: prom, kind: prometheus, url: "http://127.0.0.1:9" }]\n`,
    );
    writeFileSync(join(folder, name, 'services.yaml'), 'services: [{ id: checkout, tier: 1 }]\n');
    writeFileSync(join(folder, name, 'slos', 'checkout.yaml'), SLO);
    writeFileSync(
      join(folder, name, 'alerts', 'queue.yaml'),
      `groups:
  - name: queue
    rules:
      - alert: QueueLong
        expr: queue > ${threshold}
        for: 5m
        labels: { priority: P0, service: checkout }
`,
    );
  }
  writeFileSync(join(folder, 'samples.prom'), sampleLines(String).join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
  const said: string[] = [];
  const complained: string[] = [];
  const command = parseCommand([...args, '--data', join(folder, 'data')]);
  if (!command.ok) return { status: 2, said: '', complained: command.error };
  const terminal = {
    say: (text: string) => void said.push(text),
    complain: (text: string) => void complained.push(text),
  };
  const { value } = command;
  if (value.kind !== 'replay' && value.kind !== 'replays') throw new Error('this is no replay');
  const status =
    value.kind === 'replay' ? await replay(value, memoryVault(), terminal) : await replays(value, terminal);
  return { status, said: said.join('\n'), complained: complained.join('\n') };
}

describe('midwatch replay', () => {
  it('prints what would have alerted, judges it, compares another workspace, and keeps it', async () => {
    const incidents = join(folder, 'incidents.yaml');
    writeFileSync(incidents, '- { from: 2026-01-05T05:00:00Z, to: 2026-01-05T05:40:00Z, severity: SEV-1 }\n');
    const samples = join(folder, 'samples.prom');
    const out = join(folder, 'out.json');
    const made = await run(
      'replay',
      join(folder, 'shop'),
      ...RANGE,
      '--samples',
      samples,
      '--incidents',
      incidents,
      '--against',
      join(folder, 'calm'),
      '--out',
      out,
    );
    expect(made.complained).toBe('');
    expect(made.status).toBe(0);
    const lines = made.said.split('\n');
    expect(lines[0]).toMatch(/^2026-01-05 03:00 to 2026-01-05 12:00 UTC \(9 h\): .*shop, over the file/);
    expect(lines[1]).toMatch(/1,082 evaluations, 2 alerts, 0 of them told to nobody; 2 pages, /);
    expect(made.said).toMatch(
      /2026-01-05 05:2\d – 2026-01-05 05:3\d P0 checkout-availability, paged: .*failed/,
    );
    expect(made.said).toMatch(/P0 queue\/QueueLong, paged: 12 > 8 \[alerts\/queue\.yaml:\d+\]/);
    expect(made.said).toMatch(
      /Judged by 1 incidents \(.*incidents\.yaml\): precision 50 % of 2 pages, recall 100 % \(SEV-1 1 of 1\)/,
    );
    expect(made.said).toMatch(
      /Against .*calm: 1 alerts; 1 only in the first, 0 only in the second, 0 moved, 1 the same\./,
    );
    expect(made.said).toMatch(/2 pages in 9 h; with the second, one page in 9 h\./);
    expect(made.said).toMatch(/ {2}− .*QueueLong/);
    const record = JSON.parse(readFileSync(out, 'utf8')) as { replay: { alerts: unknown[] } };
    expect(record.replay.alerts).toHaveLength(2);
    const id = /Kept as (\S+);/.exec(made.said)?.[1] ?? '';
    const list = await run('replays', join(folder, 'shop'));
    expect(list.said).toMatch(new RegExp(`^${id} {2}made .*2 alerts, 2 pages in 9 h; one page in 9 h with `));
    const again = await run('replays', join(folder, 'shop'), '--id', id);
    expect(again.said).toBe(lines.filter((line) => !line.startsWith('Kept as')).join('\n'));
    expect(await run('replays', join(folder, 'shop'), '--id', 'none')).toMatchObject({ status: 1 });
  });

  it('refuses what cannot be replayed, before the long work', async () => {
    const shop = join(folder, 'shop');
    expect((await run('replay', shop, '--from', 'yesterday')).complained).toContain('needs its ends');
    expect((await run('replay', shop, ...RANGE, '--step', '1h')).complained).toContain('from 5s to 5m');
    const both = await run('replay', shop, ...RANGE, '--from-source', '--samples', 'x');
    expect(both.complained).toContain('one history');
    await expect(run('replay', shop, ...RANGE, '--incidents', join(folder, 'nope'))).rejects.toThrow(
      /cannot be read/,
    );
    await expect(run('replay', shop, ...RANGE, '--data', join(folder, 'empty'))).rejects.toThrow();
  });

  it('ends with what it has where its source does not answer', async () => {
    await expect(run('replay', join(folder, 'shop'), ...RANGE, '--from-source', '--no-keep')).rejects.toThrow(
      /did not answer 4 times/,
    );
  });
});

describe.skipIf(!hasPrometheus())(
  "midwatch replay --from-source (skipped where apt's prometheus is absent)",
  () => {
    it('finds the same alerts that the samples themselves give', async () => {
      const shop = join(folder, 'shop');
      const samples = join(folder, 'samples.prom');
      const text = `${sampleLines((at) => String(at / 1_000)).join('\n')}\n# EOF\n`;
      const home = mkdtempSync(join(tmpdir(), 'midwatch-replay-prom-'));
      const prometheus = await startPrometheus(home, text);
      try {
        writeFileSync(
          join(shop, 'midwatch.yaml'),
          `name: shop\nsources: [{ id: prom, kind: prometheus, url: "${prometheus.base}" }]\n`,
        );
        const record = async (...args: string[]) => {
          const made = await run('replay', shop, ...RANGE, '--json', '--no-keep', ...args);
          expect(made.status).toBe(0);
          return ReplayRecord.omit({ id: true, madeAt: true }).parse(JSON.parse(made.said)).replay;
        };
        const [here, there] = [await record('--samples', samples), await record('--from-source')];
        const seen = (one: typeof here) =>
          one.alerts.map(({ ruleId, firedAt, resolvedAt, paged }) => ({
            ruleId,
            firedAt,
            resolvedAt,
            paged,
          }));
        expect(seen(there)).toEqual(seen(here));
        expect(here.alerts).toHaveLength(2);
      } finally {
        await prometheus.stop();
        rmSync(home, { recursive: true, force: true });
      }
    });
  },
);
