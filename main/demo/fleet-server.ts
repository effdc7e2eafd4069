import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { Clock } from '../platform/index.ts';
import { type ControlAnswer, ControlApi, refusal } from './control-api.ts';
import type { ControlError } from './control-error.ts';
import { CONTENT_TYPE, chooseFormat } from './exposition.ts';
import { Fleet } from './fleet.ts';
import { FleetDriver } from './fleet-driver.ts';
import { type HistoryParts, historyLines, readRange } from './history.ts';
import { homePage } from './home-page.ts';
import { measurePast } from './past.ts';
import { SERVICE_NAMES } from './topology.ts';
import { TraceSender } from './trace-sender.ts';
import { demandCurve } from './traffic.ts';

/** Control requests are tiny; more than this is a mistake, or an attempt to fill the memory. */
const MAX_BODY_BYTES = 64 * 1024;
const MAX_KEY_LENGTH = 200;
const REQUEST_TIMEOUT_MS = 10_000;
const LOOPBACK = '127.0.0.1';

export interface FleetServerOptions {
  readonly port: number;
  readonly seed: number;
  readonly clock: Clock;
  /** Without one the control API takes every request from this machine. */
  readonly controlToken?: string;
}

export interface FleetServer {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the fleet at the clock's now and serves its metrics, its controls and its past on the loopback interface. */
export async function startFleetServer(options: FleetServerOptions): Promise<FleetServer> {
  const { clock, seed } = options;
  const fleet = new Fleet({ seed, startAt: clock.now() });
  const driver = new FleetDriver(fleet, clock);
  const sender = new TraceSender(fleet.traces);
  const site = new FleetSite({
    fleet,
    driver,
    sender,
    token: options.controlToken ?? null,
    seed,
    startedAt: clock.now(),
  });
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      site.serve(request, response).catch((error: unknown) => site.fail(response, error));
    },
  );
  server.listen(options.port, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  driver.start();
  return { port, url: `http://${LOOPBACK}:${port}`, close: () => closeServer(server, driver, sender) };
}

async function closeServer(server: Server, driver: FleetDriver, sender: TraceSender): Promise<void> {
  driver.stop();
  sender.stop();
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

interface SiteParts {
  readonly fleet: Fleet;
  readonly driver: FleetDriver;
  readonly sender: TraceSender;
  readonly token: string | null;
  readonly seed: number;
  readonly startedAt: number;
}

/** What is behind each address. */
class FleetSite {
  private readonly control: ControlApi;
  private past: Promise<HistoryParts['profiles']> | null = null;
  private readonly fleet: Fleet;
  private readonly driver: FleetDriver;
  private readonly token: string | null;
  private readonly seed: number;
  private readonly startedAt: number;

  constructor(parts: SiteParts) {
    this.fleet = parts.fleet;
    this.driver = parts.driver;
    this.token = parts.token;
    this.seed = parts.seed;
    this.startedAt = parts.startedAt;
    this.control = new ControlApi(parts.fleet, (target) => parts.sender.aim(target));
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.driver.catchUp();
    const url = new URL(request.url ?? '/', 'http://fleet.invalid');
    if (url.pathname.startsWith('/control/')) await this.serveControl(request, response, url.pathname);
    else if (request.method !== 'GET' && request.method !== 'HEAD') {
      answerJson(response, {
        ...refusal({ code: 'method', message: `${url.pathname} takes GET.` }),
        allow: 'GET',
      });
    } else if (url.pathname === '/') {
      response
        .writeHead(200, {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': "default-src 'none'",
        })
        .end(homePage());
    } else if (url.pathname === '/history') await this.serveHistory(response, url.searchParams);
    else this.serveMetrics(request, response, url.pathname);
  }

  fail(response: ServerResponse, error: unknown): void {
    // A client that went away in the middle of the history is no failure of the fleet.
    if (!response.destroyed)
      console.error(
        `The demo fleet could not answer: ${error instanceof Error ? error.stack : String(error)}`,
      );
    if (response.headersSent) response.destroy();
    else
      response
        .writeHead(500, { 'content-type': 'text/plain' })
        .end('The demo fleet could not answer; its log says why.\n');
  }

  private serveMetrics(request: IncomingMessage, response: ServerResponse, path: string): void {
    const service =
      path === '/metrics' ? undefined : SERVICE_NAMES.find((name) => path === `/${name}/metrics`);
    if (path !== '/metrics' && service === undefined) {
      answerJson(
        response,
        refusal({
          code: 'not-found',
          message: `There is nothing at ${path.slice(0, 200)}; GET / lists what there is.`,
        }),
      );
      return;
    }
    const format = chooseFormat(request.headers.accept);
    const text = this.fleet.expose(format, service);
    if (text === null)
      request.socket.destroy(); // a dead process does not answer 503, it answers nothing
    else response.writeHead(200, { 'content-type': CONTENT_TYPE[format] }).end(text);
  }

  private async serveHistory(response: ServerResponse, query: URLSearchParams): Promise<void> {
    const range = readRange(query);
    if (!range.ok) {
      answerJson(response, refusal(range.error));
      return;
    }
    this.past ??= measurePast(this.seed, () => nextTurn());
    const parts = {
      seed: this.seed,
      demand: demandCurve(this.seed),
      anchorAt: this.startedAt,
      profiles: await this.past,
    };
    response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8' });
    await pipeline(Readable.from(inTurns(historyLines(range.value, parts))), response);
  }

  private async serveControl(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<void> {
    const read = this.authorised(request) ? await readControl(request) : err<ControlError>(UNAUTHORISED);
    if (!read.ok) {
      // What is left of a refused body is not read; the connection ends with the answer.
      answerJson(response.setHeader('connection', 'close'), refusal(read.error));
      return;
    }
    this.driver.catchUp();
    answerJson(response, this.control.handle({ method: request.method ?? 'GET', path, ...read.value }));
  }

  private authorised(request: IncomingMessage): boolean {
    if (this.token === null) return true;
    const given = Buffer.from(request.headers.authorization ?? '');
    const wanted = Buffer.from(`Bearer ${this.token}`);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

const UNAUTHORISED: ControlError = {
  code: 'unauthorised',
  message:
    'This fleet wants its control token: send Authorization: Bearer …, as given with --control-token. Nothing was changed.',
};

async function readControl(
  request: IncomingMessage,
): Promise<Result<{ body: string; idempotencyKey: string | null }, ControlError>> {
  const key = request.headers['idempotency-key'];
  if (Array.isArray(key) || (key !== undefined && (key === '' || key.length > MAX_KEY_LENGTH))) {
    return err({
      code: 'invalid',
      message: `An Idempotency-Key has 1 to ${MAX_KEY_LENGTH} characters and comes once. Nothing was changed.`,
    });
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      return err({
        code: 'too-large',
        message: `The body is larger than ${MAX_BODY_BYTES} bytes. Nothing was changed.`,
      });
    }
    chunks.push(chunk);
  }
  // A web page can post plain text to any port of this machine without asking; JSON it cannot.
  if (size > 0 && !/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    return err({
      code: 'media-type',
      message: 'Send the body as Content-Type: application/json. Nothing was changed.',
    });
  }
  return ok({ body: Buffer.concat(chunks).toString('utf8'), idempotencyKey: key ?? null });
}

function answerJson(response: ServerResponse, { status, body, allow }: ControlAnswer): void {
  if (allow !== undefined) response.setHeader('allow', allow);
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    .end(`${JSON.stringify(body)}\n`);
}

/** Lets the live fleet and its scrapers have their turn between two lines. */
async function* inTurns(lines: Iterable<string>): AsyncGenerator<string> {
  for (const line of lines) {
    yield line;
    await nextTurn();
  }
}
