import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AlertOutcome,
  createMaintenance,
  createSilences,
  isAlerting,
} from '../../../main/alert/index.ts';
import { countingIds } from '../../../main/platform/index.ts';
import { MaintenanceConfig, type MaintenanceDefinition } from '../../../shared/config/maintenance.ts';
import type { Alert } from '../../../shared/model/alert.ts';
import type { Priority } from '../../../shared/model/priority.ts';
import type { Silence } from '../../../shared/model/silence.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { FINDING, serviceOf, type Watch, WORKDAY_AT, watch } from '../../support/alerting.ts';

const SERVICES = ['a', 'b', 'c'] as const;
type Name = (typeof SERVICES)[number];
const STEP_MS = 20 * SECOND_MS;

/** c stands below b, which stands below a. */
const CHAIN = [serviceOf('a', 2, ['b']), serviceOf('b', 2, ['c']), serviceOf('c')];

type Move =
  | { readonly kind: 'fire'; readonly services: readonly Name[]; readonly priority: Priority }
  | { readonly kind: 'clear'; readonly service: Name }
  | { readonly kind: 'silence' | 'renew'; readonly service: Name; readonly steps: number }
  | { readonly kind: 'expire' }
  | { readonly kind: 'work'; readonly service: Name; readonly minutes: number; readonly wide: boolean }
  | { readonly kind: 'wait'; readonly steps: number };

const service = fc.constantFrom(...SERVICES);
const steps = fc.integer({ min: 1, max: 15 });
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('fire'),
      services: fc.subarray([...SERVICES], { minLength: 1 }),
      priority: fc.constantFrom('P0', 'P1'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear'), service }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('silence', 'silence', 'renew'), service, steps }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('expire') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('work'),
      service,
      minutes: fc.integer({ min: 1, max: 4 }),
      wide: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait'), steps }) },
) as fc.Arbitrary<Move>;

/** When something is in force, as the test reckons it without the product. */
interface Span {
  readonly service: Name;
  readonly fromAt: number;
  toAt: number;
  readonly wide: boolean;
}

/** One run: the product with its own silences and windows over a log of text, and the test's account of it all. */
class Story {
  /** P1 alerts wait two minutes for company: so long they are known and told to nobody. */
  readonly it: Watch = watch({ routing: { group_wait: '2m' } });
  readonly firing = new Map<Name, Priority>();
  readonly silenced: Span[] = [];
  readonly works: Span[] = [];
  /** When each alert was last told, and last held. */
  readonly toldAt = new Map<string, number>();
  private readonly heldAt = new Map<string, number>();
  /** The episode of which incidents heard that it fires. */
  private readonly heard = new Map<string, number | null>();
  private definitions: readonly MaintenanceDefinition[] = [];
  private readonly stored = new Map<string, string>();
  private readonly ids = countingIds('silence');
  private silences = this.book();
  private maintenance = createMaintenance(() => this.definitions);

  constructor() {
    this.it.services = CHAIN;
    Object.defineProperties(this.it, {
      silences: { get: () => this.silences.active(this.now) },
      // The product's own answer at the instant, whatever the support for tests would make of its ends.
      windows: {
        get: () =>
          this.maintenance
            .open(this.now)
            .map((one) => ({ ...one, startsAt: this.now, endsAt: this.now + 1 })),
      },
    });
  }

  get now(): number {
    return this.it.clock.now();
  }

  async play(next: Move): Promise<void> {
    switch (next.kind) {
      case 'fire':
      case 'clear': {
        if (next.kind === 'fire')
          for (const one of next.services) this.firing.set(one, this.firing.get(one) ?? next.priority);
        else this.firing.delete(next.service);
        const seen = SERVICES.map((name) => seenOf(name, this.firing.get(name)));
        // A poll at the step's own instant, so that ends of silences and windows are met exactly.
        await this.it.clock.advance(STEP_MS - SECOND_MS);
        this.take(await this.it.see(...seen));
        return this.check();
      }
      case 'silence': {
        const matchers = [{ name: 'service', op: '=', value: next.service } as const];
        const endsAt = this.now + next.steps * STEP_MS;
        await this.silences.create({
          matchers,
          comment: 'known',
          author: 'anna',
          startsAt: null,
          endsAt,
          origin: null,
        });
        this.silenced.push({ service: next.service, fromAt: this.now, toAt: endsAt, wide: false });
        return;
      }
      case 'renew':
      case 'expire':
        return this.change(next);
      case 'work': {
        const fromAt = Math.ceil(this.now / MINUTE_MS) * MINUTE_MS;
        const toAt = fromAt + next.minutes * MINUTE_MS;
        const local = (at: number) => new Date(at).toISOString().slice(0, 16);
        const id = `work-${this.works.length}`;
        const config = MaintenanceConfig.parse({
          id,
          services: [next.service],
          include_dependents: next.wide,
          from: local(fromAt),
          to: local(toAt),
        });
        this.definitions = [...this.definitions, { config, definedAt: 'midwatch.yaml:9' }];
        this.works.push({ service: next.service, fromAt, toAt, wide: next.wide });
        return;
      }
      case 'wait':
        return this.wait(next.steps);
    }
  }

  /** Everything is made anew from what is stored. */
  async restart(): Promise<void> {
    this.silences = this.book();
    await this.silences.load();
    this.maintenance = createMaintenance(() => this.definitions);
    this.take(await this.it.restart());
  }

  async wait(count: number): Promise<void> {
    for (let step = 0; step < count; step += 1) {
      const [outcome] = await this.it.wait(STEP_MS, STEP_MS);
      if (outcome) this.take(outcome);
      this.check();
    }
  }

  /** At this instant: what is held is held by what the test says, and nothing else is. */
  private check(): void {
    const all = this.it.alerts.list().filter(isAlerting);
    for (const alert of all) {
      const hold = alert.memory?.hold ?? null;
      if (hold) this.heldAt.set(alert.id, this.now);
      const name = alert.service as Name;
      const inWork = this.inForce(this.works, name);
      const expected = inWork ? 'maintenance' : this.inForce(this.silenced, name) ? 'silence' : null;
      if (expected !== null) expect(hold?.stage, `${name} at ${this.now - WORKDAY_AT} ms`).toBe(expected);
      else expect(['suppress', 'flapping', undefined]).toContain(hold?.stage);
      if (hold?.stage !== 'suppress') continue;
      const cause = all.find((one) => one.id === hold.causeId);
      expect(cause, 'what explains it fires').toBeDefined();
      if (cause) this.checkCause(alert, cause);
    }
  }

  /** The cause stands below, was first or just after, and somebody knows of it: it was told, or it is planned work with its dependents. */
  private checkCause(alert: Alert, cause: Alert): void {
    expect(alert.service < cause.service).toBe(true);
    const covers = this.works.some((one) => one.wide && covering(one, cause.service, this.now));
    const held = cause.memory?.hold?.stage ?? null;
    if (held !== null) expect(`${held} ${covers}`).toBe('maintenance true');
    else expect(this.toldAt.get(cause.id) ?? 0).toBeGreaterThanOrEqual(cause.firedAt ?? 0);
  }

  /** Long after all silences and windows: what fires was told in this episode, and after it was last held; incidents heard of it. */
  finish(): void {
    const all = this.it.alerts.list().filter(isAlerting);
    expect(all.map((one) => one.service).sort()).toEqual([...this.firing.keys()].sort());
    for (const alert of all) {
      expect(this.heard.get(alert.id), 'incidents heard of it').toBe(alert.firedAt);
      const hold = alert.memory?.hold ?? null;
      if (hold !== null) {
        expect(hold.stage).toBe('suppress');
        continue;
      }
      const toldAt = this.toldAt.get(alert.id) ?? 0;
      expect(toldAt).toBeGreaterThanOrEqual(alert.firedAt ?? 0);
      expect(toldAt, 'told after it was last held').toBeGreaterThan(this.heldAt.get(alert.id) ?? 0);
    }
  }

  private inForce(spans: readonly Span[], name: Name): boolean {
    return spans.some((one) => covering(one, name, this.now));
  }

  private take({ notifications, changes }: AlertOutcome): void {
    for (const request of notifications) for (const id of request.alertIds) this.toldAt.set(id, this.now);
    for (const { alert, change } of changes)
      if (change !== 'resolved') this.heard.set(alert.id, alert.firedAt);
  }

  /** The silence that was made last, where it has not ended. */
  private async change(next: Extract<Move, { kind: 'renew' | 'expire' }> | Move): Promise<void> {
    const span = this.silenced.at(-1);
    const id = this.silences
      .list()
      .findLast((one) => one.createdAt === span?.fromAt && one.endsAt === span.toAt)?.id;
    if (!span || id === undefined || span.toAt <= this.now) return;
    if (next.kind === 'renew') {
      await this.silences.renew(id, this.now + next.steps * STEP_MS, 'ben');
      span.toAt = this.now + next.steps * STEP_MS;
    } else if (next.kind === 'expire') {
      await this.silences.expire(id, 'ben');
      span.toAt = this.now;
    }
  }

  private book() {
    return createSilences({
      clock: this.it.clock,
      ids: this.ids,
      log: {
        saveSilence: async (one: Silence) => void this.stored.set(one.id, JSON.stringify(one)),
        loadSilences: async (endedSinceAt: number) =>
          [...this.stored.values()]
            .map((one) => JSON.parse(one) as Silence)
            .filter((one) => (one.expiredAt ?? one.endsAt) >= endedSinceAt),
      },
      onChange: () => undefined,
    });
  }
}

function covering({ service: name, fromAt, toAt }: Span, service: string, at: number): boolean {
  return name === service && fromAt <= at && at < toAt;
}

function seenOf(name: Name, priority: Priority | undefined) {
  const rule = { ruleId: `rule-${name}`, labels: { alertname: name }, service: name, kind: 'rule' as const };
  return { ...rule, priority: priority ?? 'P1', finding: priority ? FINDING.holds() : FINDING.clear() };
}

describe('silence, maintenance, suppression and restart, in any order', () => {
  it('hold exactly as long as they last, and what fires on is told again after them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(move, fc.boolean()), { minLength: 4, maxLength: 16 }),
        async (moves) => {
          const story = new Story();
          for (const [next, isRestarted] of moves) {
            await story.play(next);
            if (isRestarted) await story.restart();
            await story.wait(1);
          }
          await story.wait(HOUR_MS / STEP_MS / 3);
          story.finish();
        },
      ),
      { numRuns: 50 },
    );
  }, 60_000);
});
