import { createHash } from 'node:crypto';
import { err, ok, type Result } from '../../shared/error/result.ts';
import { SECOND_MS } from '../../shared/unit/time.ts';
import { CONTROL_STATUS, type ControlError, conflict } from './control-error.ts';
import {
  BreakerRequest,
  DeployRequest,
  FaultRequest,
  RollBackRequest,
  readBody,
  ScaleRequest,
  TrafficRequest,
} from './control-request.ts';
import type { ActiveFault } from './fault.ts';
import type { Fleet } from './fleet.ts';
import { TraceTarget } from './trace-sender.ts';

/** One request to the control API, already read and authorised. */
export interface ControlCall {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly idempotencyKey: string | null;
}

export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Methods the path knows, where another one was used. */
  readonly allow?: string;
}

type Outcome = Result<{ readonly status: number; readonly body: unknown }, ControlError>;

const FAULT_PATH = /^\/control\/fault\/([\w-]{1,64})$/;
/** So many answers are remembered; beyond, the oldest is forgotten and its key could act again. */
const REMEMBERED_KEYS = 1_000;

/** What operators, playbooks and tests may do to the fleet. A request with a key acts once, however often it is sent. */
export class ControlApi {
  private readonly answers = new Map<string, { readonly request: string; readonly answer: ControlAnswer }>();
  private readonly fleet: Fleet;
  private readonly sendTraces: (target: TraceTarget) => void;

  constructor(fleet: Fleet, sendTraces: (target: TraceTarget) => void = () => undefined) {
    this.fleet = fleet;
    this.sendTraces = sendTraces;
  }

  handle(call: ControlCall): ControlAnswer {
    const allow = allowedMethod(call.path);
    if (allow === null)
      return refusal({ code: 'not-found', message: `There is no ${call.path}; GET / lists what there is.` });
    if (call.method !== allow)
      return {
        ...refusal({ code: 'method', message: `${call.path} takes ${allow}, not ${call.method}.` }),
        allow,
      };
    if (call.idempotencyKey === null || allow === 'GET') return this.act(call);
    return this.actOnce(call, call.idempotencyKey);
  }

  private actOnce(call: ControlCall, key: string): ControlAnswer {
    const request = createHash('sha256').update(`${call.method} ${call.path}\n${call.body}`).digest('hex');
    const known = this.answers.get(key);
    if (known !== undefined && known.request !== request) {
      return refusal({
        code: 'key-reused',
        message:
          'This Idempotency-Key came with another request before. Nothing was changed; use a new key for a new request.',
      });
    }
    if (known !== undefined) return known.answer;
    const answer = this.act(call);
    if (answer.status === CONTROL_STATUS.invalid) return answer; // it acted on nothing: the key stays free for the mended request
    this.answers.set(key, { request, answer });
    const [oldest] = this.answers.keys();
    if (this.answers.size > REMEMBERED_KEYS && oldest !== undefined) this.answers.delete(oldest);
    return answer;
  }

  private act(call: ControlCall): ControlAnswer {
    const outcome = this.dispatch(call);
    return outcome.ok ? outcome.value : refusal(outcome.error);
  }

  private dispatch({ path, body }: ControlCall): Outcome {
    const [, faultId] = FAULT_PATH.exec(path) ?? [];
    if (faultId !== undefined) return mapped(this.fleet.endFault(faultId), ({ id }) => ({ id, ended: true }));
    switch (path) {
      case '/control/state':
        return done(this.fleet.state());
      case '/control/fault':
        return this.startFault(body);
      case '/control/scale':
        return after(readBody(ScaleRequest, body), ({ service, replicas }) =>
          done(this.fleet.scale(service, replicas)),
        );
      case '/control/breaker':
        return after(readBody(BreakerRequest, body), ({ open }) => {
          this.fleet.setBreaker(open);
          return done({ service: 'ranking-model', open });
        });
      case '/control/traces':
        return after(readBody(TraceTarget, body), (target) => {
          this.sendTraces(target);
          return done({ url: target.url });
        });
      case '/control/traffic':
        return after(readBody(TrafficRequest, body), ({ service, shares }) =>
          mapped(this.fleet.splitTraffic(new Map(Object.entries(shares))), () => ({ service, shares })),
        );
      case '/control/roll-back':
        return after(readBody(RollBackRequest, body), ({ service, from }) => {
          const running = this.fleet.state().services.find((each) => each.service === service)?.version;
          if (from !== undefined && from !== running) {
            return err(
              conflict(`${service} runs ${running ?? 'nothing'}, not ${from}; nothing was rolled back.`),
            );
          }
          return mapped(this.fleet.rollBack(service), (rollout) => ({ service, ...rollout }));
        });
      case '/control/deploy':
        return after(readBody(DeployRequest, body), ({ service, version }) =>
          mapped(this.fleet.deploy(service, version), (rollout) => ({ service, ...rollout })),
        );
      default:
        return err({ code: 'not-found', message: `There is no ${path}.` });
    }
  }

  private startFault(body: string): Outcome {
    return after(readBody(FaultRequest, body), ({ ttlSeconds, ...effect }) => {
      const started = this.fleet.startFault(effect, Math.round(ttlSeconds * SECOND_MS));
      return started.ok ? ok({ status: 201, body: describe(started.value) }) : started;
    });
  }
}

function describe({ id, effect, startedAt, endsAt }: ActiveFault): unknown {
  return { id, ...effect, startedAt, endsAt };
}

function allowedMethod(path: string): 'GET' | 'POST' | 'DELETE' | null {
  if (path === '/control/state') return 'GET';
  if (FAULT_PATH.test(path)) return 'DELETE';
  return /^\/control\/(fault|scale|breaker|traces|traffic|roll-back|deploy)$/.test(path) ? 'POST' : null;
}

function done(body: unknown): Outcome {
  return ok({ status: 200, body });
}

function after<T>(read: Result<T, ControlError>, go: (value: T) => Outcome): Outcome {
  return read.ok ? go(read.value) : read;
}

function mapped<T>(result: Result<T, ControlError>, to: (value: T) => unknown): Outcome {
  return result.ok ? done(to(result.value)) : result;
}

export function refusal(error: ControlError): ControlAnswer {
  return { status: CONTROL_STATUS[error.code], body: { error } };
}
