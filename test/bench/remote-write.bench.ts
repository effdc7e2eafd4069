import { startReceiverProcess } from '../support/receiver-process.ts';
import { TOKEN } from '../support/receiving.ts';
import {
  missingSenders,
  notStored,
  startManySeries,
  startRemoteWriting,
} from '../support/remote-writing-prometheus.ts';
import { until } from '../support/scraping-prometheus.ts';
import { type Benchmark, type Measured, type Options, UsageError } from './support/benchmark.ts';

/** The series that Prometheus makes itself for each scrape: `up` and its kin. */
const OWN_SERIES = 10;
const MINUTE_MS = 60_000;

export const benchmark: Benchmark = {
  about: 'remote write of a real Prometheus: every sample that was answered 2xx is in the store',
  options: {
    series: { kind: 'number', about: 'series of the target', default: 100_000, min: 1_000, max: 500_000 },
    scrapes: { kind: 'number', about: 'scrapes', default: 4, min: 2, max: 100 },
    every: { kind: 'number', about: 'seconds between two scrapes', default: 10, min: 1, max: 60 },
  },
  run,
};

async function run(options: Options, say: (text: string) => void): Promise<Measured> {
  const missing = missingSenders('prometheus');
  if (missing) throw new UsageError(`This needs a real Prometheus (${missing}).`);
  const series = options.number('series');
  const receiver = await startReceiverProcess(series + OWN_SERIES);
  const target = await startManySeries(series);
  const before = { pss: receiver.pssBytes(), cpu: receiver.cpuSeconds() };
  const prometheus = await startRemoteWriting({
    targetPort: target.port,
    receiverPort: receiver.port,
    token: TOKEN,
    scrapeEvery: `${options.number('every')}s`,
  });
  try {
    say(`Prometheus ${prometheus.version} scrapes ${series} series`);
    let peak = 0;
    const scrapes = options.number('scrapes');
    await until(
      () => {
        peak = Math.max(peak, receiver.pssBytes());
        return target.scrapes() >= scrapes;
      },
      (scrapes + 2) * options.number('every') * 1_000 + MINUTE_MS,
      'the scrapes did not come',
    );
    // The last answer is on its way into Prometheus yet.
    await new Promise((resolve) => setTimeout(resolve, options.number('every') * 500));
    await target.retire();
    const retiredAt = Date.now();
    say('all scrapes are done; waiting for what Prometheus has to send');
    let compared = { compared: 0, missing: -1, different: 0 };
    await until(
      async () => {
        peak = Math.max(peak, receiver.pssBytes());
        const sent = (await receiver.status()).senders[0]?.samples ?? 0;
        if (sent < series * scrapes) return false;
        compared = await notStored(prometheus, (name) => receiver.stored(name), retiredAt);
        return compared.missing === 0;
      },
      5 * MINUTE_MS,
      () => `the store lacks samples: ${JSON.stringify(compared)}`,
    ).catch((thrown: unknown) => say(String(thrown)));
    const failed = await prometheus.own('prometheus_remote_storage_samples_failed_total');
    const dropped = await prometheus.own('prometheus_remote_storage_samples_dropped_total');
    const status = await receiver.status();
    const [sender] = status.senders;
    const answered = sender?.samples ?? 0;
    const cpu = receiver.cpuSeconds() - before.cpu;
    return {
      figures: [
        {
          name: 'comparedSamples',
          label: 'samples of Prometheus compared',
          value: compared.compared,
          unit: '',
        },
        {
          name: 'missingSamples',
          label: '  of them not in the store',
          value: compared.missing < 0 ? null : compared.missing,
          unit: '',
          atMost: 0,
        },
        {
          name: 'differentSamples',
          label: '  of them with another value',
          value: compared.different,
          unit: '',
          atMost: 0,
        },
        {
          name: 'failedSamples',
          label: 'samples that Prometheus gave up',
          value: failed,
          unit: '',
          atMost: 0,
        },
        { name: 'droppedSamples', label: 'samples that Prometheus dropped before', value: dropped, unit: '' },
        { name: 'answeredSamples', label: 'samples in requests that were read', value: answered, unit: '' },
        {
          name: 'lostSamples',
          label: '  of them neither stored nor sent twice',
          value: answered - status.stored.accepted - status.stored.duplicates,
          unit: '',
          atMost: 0,
        },
        { name: 'requests', label: 'requests', value: sender?.requests ?? 0, unit: '' },
        {
          name: 'cpuUsPerSample',
          label: 'CPU of receiver and store a sample',
          value: (cpu * 1e6) / Math.max(1, answered),
          unit: 'µs',
        },
        {
          name: 'growthMB',
          label: 'growth of its memory at most (PSS)',
          value: (peak - before.pss) / 1e6,
          unit: 'MB',
        },
      ],
      notes: [
        `Prometheus ${prometheus.version}, remote write 1.0, ${target.scrapes()} scrapes of ${series} series, default queue settings.`,
        'What is compared is what Prometheus answers from its own storage with what metrics.db holds, sample by sample.',
      ],
    };
  } finally {
    await prometheus.stop();
    await receiver.stop();
  }
}
