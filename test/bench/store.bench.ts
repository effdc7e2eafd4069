import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { startReceiverProcess } from '../support/receiver-process.ts';
import { TOKEN } from '../support/receiving.ts';
import { compress, HEADERS_1, type SentSeries, writeRequest } from '../support/remote-write.ts';
import { startRemoteWriteTarget } from '../support/remote-write-target.ts';
import { missingSenders } from '../support/remote-writing-prometheus.ts';
import { type Benchmark, type Measured, type Options, UsageError } from './support/benchmark.ts';
import { type MadeSamples, makeSamples, STEP_MS } from './support/made-samples.ts';

const DAY_MS = 86_400_000;
/** As many samples as Prometheus puts into one request. */
const REQUEST_SAMPLES = 500;

export const benchmark: Benchmark = {
  about: 'a day of samples: bytes a sample and durable ingest, beside Prometheus and plain rows of SQLite',
  options: {
    series: { kind: 'number', about: 'series', default: 300, min: 20, max: 20_000 },
    hours: { kind: 'number', about: 'hours of samples each 15 s', default: 24, min: 1, max: 24 },
  },
  run,
};

async function run(options: Options, say: (text: string) => void): Promise<Measured> {
  const missing = missingSenders('prometheus');
  if (missing) throw new UsageError(`This needs a real Prometheus (${missing}).`);
  const steps = (options.number('hours') * 3_600_000) / STEP_MS;
  const fromAt = Math.floor((Date.now() - DAY_MS) / STEP_MS) * STEP_MS + 2 * STEP_MS;
  const made = makeSamples(options.seed, options.number('series'), fromAt, steps);
  const samples = made.series.length * steps;
  say(`${samples} samples of ${made.series.length} series`);
  const bodies = requestsOf(made);
  say(`${bodies.length} requests of remote write; to Prometheus …`);
  const prometheus = await intoPrometheus(bodies);
  say('… to the receiver and the store …');
  const own = await intoStore(bodies, made.series.length);
  say('… and into plain rows');
  const rows = intoRows(made);
  const perSample = (bytes: number) => bytes / samples;
  return {
    figures: [
      { name: 'samples', label: 'samples sent to each', value: samples, unit: '' },
      { name: 'storedSamples', label: 'samples stored here', value: own.samples, unit: '' },
      { name: 'lostSamples', label: '  of them missing', value: samples - own.samples, unit: '', atMost: 0 },
      { name: 'bytesPerSample', label: 'metrics.db', value: perSample(own.bytes), unit: 'B' },
      {
        name: 'blockBytesPerSample',
        label: "Prometheus' block",
        value: perSample(prometheus.bytes),
        unit: 'B',
      },
      {
        name: 'toBlockRatio',
        label: '  metrics.db to it',
        value: own.bytes / prometheus.bytes,
        unit: '×',
        atMost: 1.5,
      },
      {
        name: 'rowBytesPerSample',
        label: 'plain rows with their index',
        value: perSample(rows.plain),
        unit: 'B',
      },
      {
        name: 'toRowsRatio',
        label: '  metrics.db to them',
        value: own.bytes / rows.plain,
        unit: '×',
        atMost: 0.08,
      },
      {
        name: 'leanRowBytesPerSample',
        label: 'plain rows in the leanest table (WITHOUT ROWID)',
        value: perSample(rows.lean),
        unit: 'B',
      },
      {
        name: 'ingestPerCoreS',
        label: 'samples a second and core: receiver and store',
        value: samples / own.cpu,
        unit: '',
      },
      {
        name: 'prometheusIngestPerCoreS',
        label: "samples a second and core: Prometheus' receiver",
        value: samples / prometheus.cpu,
        unit: '',
      },
      {
        name: 'cpuRatio',
        label: '  processor time a sample against it (4 is a quarter of its rate)',
        value: own.cpu / prometheus.cpu,
        unit: '×',
        atMost: 4,
      },
    ],
    notes: [
      `Prometheus ${prometheus.version}; its block is a snapshot of all that it took, index included.`,
      'Ingest is the processor time of the whole process from the first request to the last answer and the packing after it;',
      'both answer when their log has the samples: neither waits for the disk at each request.',
      'metrics.db counts every page in use: samples, labels, indexes.',
    ],
  };
}

/** One scrape after the other, as many series in a request as Prometheus sends. */
function requestsOf({ times, series }: MadeSamples): Uint8Array[] {
  const labels = series.map((one) =>
    Object.entries({ __name__: one.name, ...one.labels }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const bodies: Uint8Array[] = [];
  for (const [step, at] of times.entries()) {
    for (let from = 0; from < series.length; from += REQUEST_SAMPLES) {
      const part = series.slice(from, from + REQUEST_SAMPLES).map(
        ({ values }, i): SentSeries => ({
          labels: labels[from + i] ?? [],
          samples: [[values[step] ?? 0, at]],
        }),
      );
      bodies.push(compress(writeRequest(part)));
    }
  }
  return bodies;
}

async function sendAll(url: string, bodies: readonly Uint8Array[], token: string): Promise<void> {
  for (const body of bodies) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...HEADERS_1, authorization: `Bearer ${token}` },
      body: body as Uint8Array<ArrayBuffer>,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 300)}`);
  }
}

async function intoPrometheus(bodies: readonly Uint8Array[]) {
  const target = await startRemoteWriteTarget();
  try {
    const before = target.cpuSeconds();
    await sendAll(`${target.url}/api/v1/write`, bodies, 'none');
    const cpu = target.cpuSeconds() - before;
    return { cpu, bytes: await target.blockBytes(), version: target.version };
  } finally {
    await target.stop();
  }
}

async function intoStore(bodies: readonly Uint8Array[], series: number) {
  const receiver = await startReceiverProcess(series + 1);
  try {
    const before = receiver.cpuSeconds();
    await sendAll(`http://127.0.0.1:${receiver.port}/api/v1/write`, bodies, TOKEN);
    const stats = await receiver.pack();
    return { cpu: receiver.cpuSeconds() - before, bytes: stats.bytes, samples: stats.samples };
  } finally {
    await receiver.stop();
  }
}

/** The table that comes to mind first, with the index without which no series can be read; and the leanest one. */
function intoRows({ times, series }: MadeSamples): { plain: number; lean: number } {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-rows-'));
  try {
    const sizeOf = (name: string, schema: string): number => {
      const path = join(folder, name);
      const db = new Database(path);
      db.exec(schema);
      const insert = db.prepare('INSERT INTO sample (series, at, value) VALUES (?, ?, ?)');
      db.transaction(() => {
        for (const [step, at] of times.entries())
          for (const [id, one] of series.entries()) insert.run(id, at, one.values[step]);
      })();
      db.close();
      return statSync(path).size;
    };
    return {
      plain: sizeOf(
        'plain.db',
        'CREATE TABLE sample (series INTEGER, at INTEGER, value REAL); CREATE INDEX sample_of_series ON sample (series, at)',
      ),
      lean: sizeOf(
        'lean.db',
        'CREATE TABLE sample (series INTEGER, at INTEGER, value REAL, PRIMARY KEY (series, at)) WITHOUT ROWID',
      ),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
