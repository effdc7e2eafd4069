import type { Correction } from '../../shared/model/correction.ts';
import type { FiredEpisode } from '../../shared/model/fired.ts';
import type { ObjectiveHistory, SpentBy, WhatIf } from '../../shared/model/objective-history.ts';
import { DAY_MS, HOUR_MS } from '../../shared/unit/time.ts';
import type { Api } from '../transport/api.ts';
import { createLoadedStore, createLoader, type LoadedStore } from './loaded.ts';
import { createPastLooks, type PastLooks } from './past-look.ts';
import type { Requests } from './request.ts';
import type { UiActions } from './ui.ts';

/** How far back an objective's past is looked at. */
export const PAST_SPANS = [
  { name: '24 h', ms: DAY_MS },
  { name: '7 d', ms: 7 * DAY_MS },
  { name: '28 d', ms: 28 * DAY_MS },
] as const;

export type Change = Parameters<Api['objective']['whatIf']>[0]['change'];
export type PolicyChoice = Awaited<ReturnType<Api['objective']['policies']>>[number];
/** A draft over the past, one for each of its objectives. */
export type Tried = Awaited<ReturnType<Api['objective']['tryOut']>>;
type Report = Awaited<ReturnType<Api['objective']['report']>>;
type Document = Parameters<Api['objective']['tryOut']>[0]['document'];

/** What an objective did, what it would have done, who spent it, and what was taken out of it. */
export interface ObjectivePast {
  /** What of it is under way, under `alerts:`, `spent:`, `what-if:` or `tried:` and its key, or `report`. */
  readonly looks: PastLooks;
  readonly alerts: LoadedStore<ObjectiveHistory>;
  readonly fired: LoadedStore<readonly FiredEpisode[]>;
  readonly spent: LoadedStore<SpentBy>;
  readonly whatIf: LoadedStore<WhatIf>;
  readonly tried: LoadedStore<Tried>;
  readonly corrections: LoadedStore<readonly Correction[]>;
  /** Under the key `last`. */
  readonly report: LoadedStore<Report>;
  /** Under the key `all`. */
  readonly policies: LoadedStore<readonly PolicyChoice[]>;
  loadAlerts(key: string, objectiveId: string, now: number, spanMs: number): Promise<void>;
  loadFired(key: string, objectiveId: string, now: number, spanMs: number): Promise<void>;
  loadSpent(key: string, objectiveId: string, now: number, spanMs: number, label: string): Promise<void>;
  loadWhatIf(key: string, objectiveId: string, change: Change, now: number, spanMs: number): Promise<void>;
  loadTried(key: string, source: string, document: Document, now: number, spanMs: number): Promise<void>;
  loadCorrections(objectiveId: string): Promise<void>;
  loadPolicies(): Promise<void>;
  loadReport(): Promise<void>;
  /** Where it was saved; null where it was not, which has been said. */
  saveReport(format: 'markdown' | 'html'): Promise<string | null>;
  /** Whether it was kept. */
  correct(objectiveId: string, fromAt: number, toAt: number, reason: string): Promise<boolean>;
  revoke(correction: Correction, reason: string): Promise<boolean>;
}

export function createObjectivePast(requests: Requests, ui: UiActions): ObjectivePast {
  const { stores, loaders } = createStores();
  const looks = createPastLooks(requests);
  const loadCorrections = (objectiveId: string) =>
    loaders.corrections(objectiveId, () =>
      requests.quiet((api) => api.objective.corrections({ objectiveId })),
    );
  return {
    ...stores,
    looks,
    loadCorrections,
    loadAlerts: (key, objectiveId, now, spanMs) =>
      loaders.alerts(key, () =>
        looks.run(`alerts:${key}`, (api, { ask, options }) =>
          api.objective.alertHistory({ objectiveId, ask, ...range(now, spanMs) }, options),
        ),
      ),
    loadFired: (key, objectiveId, now, spanMs) =>
      loaders.fired(key, () =>
        requests.quiet((api) => api.alert.fired({ objectiveId, ...range(now, spanMs), toAt: now })),
      ),
    loadSpent: (key, objectiveId, now, spanMs, label) =>
      loaders.spent(key, () =>
        looks.run(`spent:${key}`, (api, { ask, options }) =>
          api.objective.spentBy(
            { objectiveId, ask, ...range(now, spanMs), ...(label === '' ? {} : { label }) },
            options,
          ),
        ),
      ),
    loadWhatIf: (key, objectiveId, change, now, spanMs) =>
      loaders.whatIf(key, () =>
        looks.run(`what-if:${key}`, (api, { ask, options }) =>
          api.objective.whatIf({ objectiveId, change, ask, ...range(now, spanMs) }, options),
        ),
      ),
    loadTried: (key, source, document, now, spanMs) =>
      loaders.tried(key, () =>
        looks.run(`tried:${key}`, (api, { ask, options }) =>
          api.objective.tryOut({ source, document, ask, ...range(now, spanMs) }, options),
        ),
      ),
    loadPolicies: () => loaders.policies('all', () => requests.quiet((api) => api.objective.policies())),
    loadReport: () =>
      loaders.report('last', () =>
        looks.run('report', (api, { ask, options }) =>
          api.objective.report({ format: 'markdown', ask }, options),
        ),
      ),
    async saveReport(format) {
      const saved = await requests.say('report', (api) => api.objective.saveReport({ format }));
      return saved.ok ? saved.value.path : null;
    },
    ...correctionsBy(requests, ui, loadCorrections),
  };
}

function createStores() {
  const stores = {
    alerts: createLoadedStore<ObjectiveHistory>(),
    fired: createLoadedStore<readonly FiredEpisode[]>(),
    spent: createLoadedStore<SpentBy>(),
    whatIf: createLoadedStore<WhatIf>(),
    tried: createLoadedStore<Tried>(),
    corrections: createLoadedStore<readonly Correction[]>(),
    policies: createLoadedStore<readonly PolicyChoice[]>(),
    report: createLoadedStore<Report>(),
  };
  const loaders = {
    alerts: createLoader(stores.alerts),
    fired: createLoader(stores.fired),
    spent: createLoader(stores.spent),
    whatIf: createLoader(stores.whatIf),
    tried: createLoader(stores.tried),
    corrections: createLoader(stores.corrections),
    policies: createLoader(stores.policies),
    report: createLoader(stores.report),
  };
  return { stores, loaders };
}

/** What people change of corrections; each change is read again. */
function correctionsBy(
  requests: Requests,
  ui: UiActions,
  loadCorrections: (objectiveId: string) => Promise<void>,
): Pick<ObjectivePast, 'correct' | 'revoke'> {
  return {
    async correct(objectiveId, fromAt, toAt, reason) {
      const made = await requests.say(`correct:${objectiveId}`, (api) =>
        api.objective.addCorrection({ objectiveId, fromAt, toAt, reason }),
      );
      if (!made.ok) return false;
      ui.toast('ok', 'Taken out of the budget. The uncorrected number stays beside it.');
      await loadCorrections(objectiveId);
      return true;
    },
    async revoke({ id, objectiveId }, reason) {
      const revoked = await requests.say(`revoke:${id}`, (api) =>
        api.objective.revokeCorrection({ id, reason }),
      );
      if (!revoked.ok) return false;
      ui.toast('ok', 'The correction is revoked; its time counts again.');
      await loadCorrections(objectiveId);
      return true;
    },
  };
}

/** A span up to now. The end stands on a minute, so that looking twice asks the same. */
function range(now: number, spanMs: number): { fromAt: number; toAt: number } {
  const toAt = Math.floor(now / 60_000) * 60_000;
  return { fromAt: toAt - spanMs, toAt };
}

const LOCAL = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})$/;
const CORRECTED_MAX_MS = 31 * DAY_MS;

/** The field's text (UTC, `2026-11-28 02:00`) as an instant; null where it is none. */
export function instantOf(text: string): number | null {
  const [, day, time] = LOCAL.exec(text.trim()) ?? [];
  const at = Date.parse(`${day}T${time}:00Z`);
  // A day that does not exist, such as 31 February, is moved on by some engines: read back, it is another.
  return Number.isFinite(at) && instantText(at) === `${day} ${time}` ? at : null;
}

export function instantText(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

/** What is wrong with a correction that is being typed; null where nothing is. */
export function correctionProblem(from: string, to: string, reason: string, now: number): string | null {
  const [fromAt, toAt] = [instantOf(from), instantOf(to)];
  if (fromAt === null || toAt === null) return 'Write both times in UTC, such as 2026-11-28 02:00.';
  if (toAt <= fromAt) return 'It ends before it begins: swap the times.';
  if (toAt - fromAt > CORRECTED_MAX_MS) return 'At most 31 days can be taken out at once.';
  if (fromAt > now + HOUR_MS)
    return 'Planned work that is to come is a maintenance window, not a correction.';
  return reason.trim() === '' ? 'Say why: who reads the report wants to know.' : null;
}

/** The change that the fields stand for; a text is what is wrong with them. */
export function changeOf(fields: {
  readonly target: string;
  readonly threshold: string;
  readonly policy: string;
}): Change | string {
  const percent = Number(fields.target.replace(',', '.').replace('%', '').trim());
  if (fields.target.trim() === '' || !(percent > 0 && percent < 100))
    return 'Write the target as a percentage above 0 and below 100, such as 99.9.';
  const threshold = fields.threshold.trim() === '' ? undefined : Number(fields.threshold);
  if (threshold !== undefined && !(threshold > 0)) return 'Write the threshold in milliseconds, such as 250.';
  return {
    target: Number((percent / 100).toPrecision(12)),
    ...(threshold === undefined ? {} : { thresholdMs: threshold }),
    policy: fields.policy,
  };
}

/** Where an episode stands in a stretch, as shares of it; one that is too short to see is widened. */
export function placeOf(
  { firedAt, resolvedAt }: { readonly firedAt: number; readonly resolvedAt: number | null },
  { fromAt, toAt }: { readonly fromAt: number; readonly toAt: number },
): { readonly left: number; readonly width: number } {
  const span = Math.max(1, toAt - fromAt);
  const left = Math.min(1, Math.max(0, (firedAt - fromAt) / span));
  const right = Math.min(1, Math.max(left, ((resolvedAt ?? toAt) - fromAt) / span));
  const width = Math.max(LEAST_WIDTH, right - left);
  return { left: Math.min(left, 1 - width), width };
}

const LEAST_WIDTH = 0.004;
