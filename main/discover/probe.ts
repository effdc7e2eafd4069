import { type SourceConfig, SourceConfig as SourceSchema } from '../../shared/config/source.ts';
import type { Address } from '../../shared/contract/discover.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { ProbeAnswer } from '../../shared/model/proposal.ts';
import {
  createAlertmanagerSource,
  createExpositionTarget,
  createPrometheusSource,
  decodeExposition,
  type SourceDeps,
  scanExposition,
  withoutMeaning,
} from '../source/index.ts';

type Tried = Result<ProbeAnswer, { readonly wrongAnswer: boolean; readonly problem: string }>;

/** Pages of a Prometheus that people copy from the browser; the API is beside them. */
const PAGES = /\/(?:graph|query|alerts|targets|rules|status|config|flags|api\/v1(?:\/[a-z_]+)?)\/?$/;

/**
 * What answers at an address: a Prometheus-compatible API, an Alertmanager, or a page of metrics to scrape. The error says
 * what happened and what to do. Nothing is kept, and secrets are named by reference as in midwatch.yaml.
 */
export async function probeAddress(address: Address, deps: SourceDeps): Promise<Result<ProbeAnswer, string>> {
  const url = cleaned(address.url);
  const scrape = /\/metrics\/?$/.test(url);
  const attempts: (() => Promise<Tried>)[] = [
    () => tryPrometheus(url, address, deps),
    () => tryAlertmanager(url, address, deps),
    () => tryExposition(url, address, deps),
    ...(scrape ? [] : [() => tryExposition(`${url.replace(/\/$/, '')}/metrics`, address, deps)]),
  ];
  if (scrape) attempts.unshift(() => tryExposition(url, address, deps));
  let first: string | null = null;
  for (const attempt of attempts) {
    const tried = await attempt();
    if (tried.ok) return tried;
    first ??= tried.error.problem;
    // Nobody is there, or the credentials are refused: another path would not change that.
    if (!tried.error.wrongAnswer) return err(saidOfNew(tried.error.problem));
  }
  return err(
    `${withoutMeaning(first ?? '').what} Neither a Prometheus API, an Alertmanager nor a page of metrics was found there; give the address as the server itself is reached, with its path prefix if it has one.`,
  );
}

/** Nothing rests on a source that is only being added, nobody tries it again, and midwatch.yaml does not have it yet. */
function saidOfNew(problem: string): string {
  const { what, todo } = withoutMeaning(problem);
  if (/\bauth in midwatch\.yaml/.test(todo))
    return `${what} Give its credentials here, by a reference to a secret that has not expired.`;
  if (/\btls\.ca\b/.test(todo))
    return `${what} If it is the right server, name the file of its authority's certificate under Certificate authority, and look again.`;
  if (/\bGive the secret where midwatch/.test(todo)) return `${what} Correct it here, and look again.`;
  if (/\btls\b/.test(todo)) return `${what} Renew the certificate at the server, then look again.`;
  return `${what} ${todo.replace(/^Midwatch keeps trying; (.)/, (_all, first: string) => first.toUpperCase())}`.trim();
}

function cleaned(text: string): string {
  const url = text.trim().replace(/[?#].*$/s, '');
  const full = /^[a-z]+:\/\//i.test(url) ? url : `http://${url}`;
  return full.replace(PAGES, '');
}

function configOf(
  kind: SourceConfig['kind'],
  url: string,
  { auth, ca }: Address,
): Result<SourceConfig, string> {
  const shape = kind === 'exposition' ? { targets: [{ id: 'target', url }] } : { url };
  const parsed = SourceSchema.safeParse({
    id: 'probe',
    kind,
    auth,
    tls: ca ? { ca } : {},
    timeout: '8s',
    ...shape,
  });
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  return err(`${whatOf(issue?.path ?? [])} ${issue?.message ?? 'is not usable'}.`);
}

function whatOf(path: readonly PropertyKey[]): string {
  if (path.at(-1) === 'url') return 'The address';
  return path.at(-1) === 'ca' ? 'The certificate authority' : path.join('.') || 'It';
}

async function tryPrometheus(url: string, address: Address, deps: SourceDeps): Promise<Tried> {
  const config = configOf('prometheus', url, address);
  if (!config.ok || config.value.kind !== 'prometheus') return refused(config.ok ? '' : config.error);
  const source = createPrometheusSource(config.value, deps);
  try {
    const startedAt = deps.clock.now();
    const answer = await source.probe();
    const latencyMs = deps.clock.now() - startedAt;
    if (answer.ok)
      return ok({ kind: 'prometheus', url, latencyMs, said: 'A Prometheus-compatible API answers.' });
    return err({ wrongAnswer: answer.error.code === 'wrong-answer', problem: answer.error.message });
  } finally {
    await source.close();
  }
}

async function tryAlertmanager(url: string, address: Address, deps: SourceDeps): Promise<Tried> {
  const config = configOf('alertmanager', url, address);
  if (!config.ok || config.value.kind !== 'alertmanager') return refused(config.ok ? '' : config.error);
  const source = createAlertmanagerSource(config.value, deps);
  try {
    const startedAt = deps.clock.now();
    const answer = await source.alerts();
    const latencyMs = deps.clock.now() - startedAt;
    if (answer.ok)
      return ok({
        kind: 'alertmanager',
        url,
        latencyMs,
        said: `An Alertmanager answers, with ${answer.value.length} alerts.`,
      });
    return err({ wrongAnswer: answer.error.condition === 'wrong-answer', problem: answer.error.problem });
  } finally {
    await source.close();
  }
}

async function tryExposition(url: string, address: Address, deps: SourceDeps): Promise<Tried> {
  const config = configOf('exposition', url, address);
  if (!config.ok || config.value.kind !== 'exposition') return refused(config.ok ? '' : config.error);
  const [first] = config.value.targets;
  if (!first) return refused('The address is missing.');
  const target = createExpositionTarget(config.value, first, deps);
  try {
    const fetched = await target.fetch();
    if (!fetched.ok) {
      const { condition, problem } = fetched.error.failure;
      return err({ wrongAnswer: condition === 'wrong-answer', problem });
    }
    const { body, format, durationMs } = fetched.value;
    const text = decodeExposition(body);
    let samples = 0;
    const wrong = text.ok
      ? scanExposition(text.value, format, () => {
          samples += 1;
        })
      : undefined;
    if (text.ok && !wrong && samples > 0)
      return ok({
        kind: 'exposition',
        url,
        latencyMs: durationMs,
        said: `A page of ${samples} samples to scrape.`,
      });
    return err({ wrongAnswer: true, problem: target.reject('the answer is no page of metrics').problem });
  } finally {
    await target.close();
  }
}

function refused(problem: string): Tried {
  return err({ wrongAnswer: false, problem });
}
