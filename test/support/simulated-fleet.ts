import { ControlApi } from '../../main/demo/control-api.ts';
import { Fleet } from '../../main/demo/index.ts';
import { createInlineTarget } from '../../main/query/index.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import { createMemorySamples } from './memory-metrics.ts';
import { type StepServer, startStepServer } from './step-server.ts';

/** The demo's fleet on its own time: scraped each second, asked in PromQL, and controlled over real HTTP. */
export interface SimulatedFleet extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly server: StepServer;
  /** Each question takes a second of the fleet's time, so that waiting for an effect needs no waiting. */
  readonly target: QueryTarget;
  run(seconds: number): void;
}

export async function startSimulatedFleet(startAt: number): Promise<SimulatedFleet> {
  const fleet = new Fleet({ seed: 7, startAt });
  const control = new ControlApi(fleet);
  const { writer, reader } = createMemorySamples();
  const inner = createInlineTarget('fleet', reader);
  const server = await startStepServer();
  server.answer((request, response) => {
    const key = request.headers['idempotency-key'];
    const answer = control.handle({
      method: request.method,
      path: request.url,
      body: request.body,
      idempotencyKey: typeof key === 'string' ? key : null,
    });
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer.body));
  });
  let at = startAt;
  let exposed: ReadonlySet<number> = new Set();
  const run = (seconds: number): void => {
    for (let second = 0; second < seconds; second += 1) {
      at += 1_000;
      fleet.advanceTo(at);
      const samples = readExposition(String(fleet.expose('prometheus')));
      const { refs } = writer.register(samples.map((sample) => sample.labels));
      const seen = new Set(refs);
      // As a scrape does: a series that is gone must not be looked back to.
      writer.markStale(Uint32Array.from([...exposed].filter((ref) => !seen.has(ref))), at);
      exposed = seen;
      writer.append({ at, refs, values: Float64Array.from(samples, (sample) => sample.value) });
    }
  };
  return {
    fleet,
    server,
    run,
    target: {
      id: 'fleet',
      instant(expression, _at, options) {
        run(1);
        return inner.instant(expression, at, options);
      },
      range: (expression, window, options) => inner.range(expression, window, options),
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Reads what the fleet writes, which holds no escapes. */
function readExposition(text: string): { labels: Record<string, string>; value: number }[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!match) return [];
    const labels: Record<string, string> = { __name__: match[1] ?? '' };
    for (const [, name = '', value = ''] of (match[2] ?? '').matchAll(/([a-z_]+)="([^"]*)"/g))
      labels[name] = value;
    return [{ labels, value: Number(match[3]) }];
  });
}
