import { type FleetServer, startFleetServer } from '../../../main/demo/index.ts';
import { VirtualClock } from '../../../main/platform/index.ts';
import { Between, readExposition, type Scraped } from './scraped.ts';

/** A Tuesday at noon UTC: near the mean of the daily curve, on its rising side. */
export const NOON = Date.UTC(2026, 4, 5, 12);

export interface ControlReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

/** A fleet behind real HTTP whose time moves only when a test says so. */
export class RunningFleet {
  readonly clock: VirtualClock;
  readonly server: FleetServer;

  private constructor(clock: VirtualClock, server: FleetServer) {
    this.clock = clock;
    this.server = server;
  }

  static async start(
    options: { seed?: number; controlToken?: string; startAt?: number } = {},
  ): Promise<RunningFleet> {
    const clock = new VirtualClock(options.startAt ?? NOON);
    const token = options.controlToken === undefined ? {} : { controlToken: options.controlToken };
    return new RunningFleet(
      clock,
      await startFleetServer({ port: 0, seed: options.seed ?? 7, clock, ...token }),
    );
  }

  seconds(count: number): Promise<void> {
    return this.clock.advance(count * 1_000);
  }

  async text(
    path = '/metrics',
    accept?: string,
  ): Promise<{ text: string; type: string | null; status: number }> {
    const response = await fetch(
      `${this.server.url}${path}`,
      accept === undefined ? {} : { headers: { accept } },
    );
    return {
      text: await response.text(),
      type: response.headers.get('content-type'),
      status: response.status,
    };
  }

  async scrape(path = '/metrics'): Promise<Scraped> {
    return readExposition((await this.text(path)).text);
  }

  /** What happens during so many seconds from now. */
  async during(count: number): Promise<Between> {
    const before = await this.scrape();
    await this.seconds(count);
    return new Between(before, await this.scrape());
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<ControlReply> {
    return this.send('POST', path, typeof body === 'string' ? body : JSON.stringify(body), {
      'content-type': 'application/json',
      ...headers,
    });
  }

  async send(
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<ControlReply> {
    const response = await fetch(`${this.server.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    return {
      status: response.status,
      body: (await response.json()) as Record<string, unknown>,
      headers: response.headers,
    };
  }

  /** Starts a fault that must be accepted; answers its id. */
  async fault(body: Record<string, unknown>): Promise<string> {
    const reply = await this.post('/control/fault', body);
    if (reply.status !== 201) throw new Error(`The fault was refused: ${JSON.stringify(reply.body)}`);
    return String(reply.body.id);
  }

  stop(): Promise<void> {
    return this.server.close();
  }
}
