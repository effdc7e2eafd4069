import type { Workspace } from '../../shared/config/workspace.ts';
import { messageOf } from '../../shared/error/coded.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { DetectorStatus } from '../../shared/model/detector.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Delivery } from '../../shared/model/notification.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import type { Observation } from '../../shared/model/observation.ts';
import type { ChangeEvent } from '../../shared/model/service.ts';
import type { SourceStatus } from '../../shared/model/source.ts';
import { causesText, type Unwatched } from '../../shared/model/watch.ts';
import { formatDuration, HOUR_MS, SECOND_MS } from '../../shared/unit/time.ts';
import {
  type AlertRule,
  type Alerts,
  createNoDataWatch,
  createReported,
  holdBackDetectors,
  holdBackObjectives,
  type RuleEvaluator,
  reportedRuleId,
} from '../alert/index.ts';
import type { Detection } from '../detect/index.ts';
import { type Incidents, isOver, oneLine } from '../incident/index.ts';
import type { LookedBack } from '../ingest/index.ts';
import type { Notifier } from '../notify/index.ts';
import { type Clock, createGathering, type Logger } from '../platform/index.ts';
import type { Objectives } from '../slo/index.ts';
import type { ChangeMemory } from './change-memory.ts';
import { createChangeWatch, type LookTime } from './change-watch.ts';
import { blindnessOf, explainObservation, explainStatus, subjectsOf } from './diagnose.ts';
import { lookBack } from './look-back.ts';
import { outlook } from './outlook.ts';
import { createPersonActions, type PersonActions } from './person-actions.ts';
import { goesWith, type NewReport } from './report-round.ts';
import { createTakeOver } from './take-over.ts';

/** Where the chain tells what it found; the windows mirror it. */
export interface Publisher {
  objectives(statuses: readonly ObjectiveStatus[]): void;
  detectors(statuses: readonly DetectorStatus[]): void;
  alerts(alerts: readonly Alert[]): void;
  changes(changes: readonly ChangeEvent[]): void;
}

export interface PipelineDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly workspace: () => Workspace;
  readonly rules: () => readonly AlertRule[];
  readonly source: (sourceId: string) => SourceStatus | undefined;
  readonly target: (sourceId: string) => QueryTarget | undefined;
  /** The same metrics as objectives count them: a series first seen while its target was seen counts from 0. */
  readonly objectiveTarget: (sourceId: string) => QueryTarget | undefined;
  readonly objectives: Objectives;
  readonly detection: Detection;
  readonly ruleEvaluator: RuleEvaluator;
  /** When a service was last deployed; null where that is not known. */
  readonly deployedAt: (service: string) => number | null;
  readonly alerts: Alerts;
  /** Nothing of changes outlives the pipeline where this is missing. */
  readonly changeMemory?: ChangeMemory;
  readonly incidents: Pick<
    Incidents,
    'load' | 'list' | 'get' | 'handleAlerts' | 'onPoll' | 'tend' | 'acknowledge' | 'append'
  >;
  readonly notifier: Pick<Notifier, 'enqueue' | 'onOutcome'>;
  readonly publish: Publisher;
}

export interface PolledSource {
  readonly sourceId: string;
  readonly at: number;
}

/** The chain from a poll to an incident and a notification, drivable by any clock. */
export interface Pipeline {
  /** Restores alerts and incidents as they were, and takes over what a crash left undone. */
  load(): Promise<void>;
  /** A source was polled, with or without success: all that depends on it is decided again. */
  polled(event: PolledSource): Promise<void>;
  /** Alerts of another system; taken over, durably, when this settles. */
  reported(report: NewReport): Promise<void>;
  /** Changes that somebody reported: they join those that were seen. */
  changed(sourceId: string, changes: readonly Omit<ChangeEvent, 'id'>[]): Promise<void>;
  /** Asks the source for what was in a gap, and says what held in it. */
  lookBack(sourceId: string, gap: Unwatched): Promise<LookedBack>;
  /** A gap was filled: the timelines of open incidents name it. */
  gapFilled(sourceId: string, gap: Unwatched): Promise<void>;
  /** What only time brings; to be called each second. */
  tick(): Promise<void>;
  /** What a person says of alerts and incidents. */
  readonly people: PersonActions;
  status(objectiveId: string): ObjectiveStatus | undefined;
  /** After a reload of the workspace: what is gone closes as *rule removed*. */
  retain(): Promise<void>;
  /** Why decisions do not reach people; null while they do. */
  problem(): string | null;
  stop(): void;
}

/** A source that does not answer is one outage already, and cannot be asked for reasons. */
const NOT_LOOKED = { diagnoses: new Map<string, never>(), outages: [] } as const;

/** Gaps up to so long before an incident lie in its evidence and are named on its timeline. */
const NAMED_BEFORE_MS = 2 * HOUR_MS;
const TEND_MS = 5 * SECOND_MS;

export function createPipeline(deps: PipelineDeps): Pipeline {
  return new Chain(deps);
}

class Chain implements Pipeline {
  private readonly deps: PipelineDeps;
  private readonly statuses = new Map<string, ObjectiveStatus>();
  private readonly changeWatch;
  private readonly takeOver;
  private readonly reports;
  private readonly rounds;
  private readonly noData;
  private readonly forget: () => void;
  readonly people: PersonActions;
  private tendedAt = 0;
  private tending: Promise<void> | undefined;

  constructor(deps: PipelineDeps) {
    this.deps = deps;
    this.changeWatch = createChangeWatch(deps.logger, deps.changeMemory);
    this.reports = createReported({
      known: () => deps.alerts.list(),
      services: () => deps.workspace().services,
      priorities: (sourceId) => {
        const source = deps.workspace().sources.find((one) => one.id === sourceId);
        return source && 'priorities' in source ? source.priorities : undefined;
      },
    });
    this.rounds = createGathering(goesWith, (reports: readonly NewReport[]) => this.takeReports(reports));
    this.noData = createNoDataWatch({
      known: () => deps.alerts.list(),
      services: () => deps.workspace().services,
      changes: () => this.changeWatch.seen(),
    });
    this.takeOver = createTakeOver({
      ...deps,
      outlook: (alerts) => outlook(alerts, this.statuses),
      publish: (alerts) => deps.publish.alerts(alerts),
    });
    this.people = createPersonActions({ ...deps, takeOver: this.takeOver, tick: () => this.tick() });
    this.forget = deps.notifier.onOutcome((outcome, delivery) => {
      this.noteDelivery(outcome, delivery).catch((thrown: unknown) =>
        deps.logger.warn(
          { delivery: delivery.id, problem: messageOf(thrown) },
          'a delivery could not be noted',
        ),
      );
    });
  }

  async load(): Promise<void> {
    await this.deps.incidents.load();
    this.deps.publish.changes(await this.changeWatch.load());
    const outcome = await this.deps.alerts.load();
    this.deps.publish.alerts(this.deps.alerts.list());
    await this.takeOver.add(outcome);
  }

  async polled({ sourceId, at }: PolledSource): Promise<void> {
    const target = this.deps.target(sourceId);
    if (!target) return;
    const before = this.ruleIds();
    const observations = await this.evaluate(sourceId, target, at);
    await this.takeOver.add(await this.deps.alerts.process(observations, at));
    // Decided on rules of before a reload: what it took away is closed once more.
    const now = this.ruleIds();
    if ([...before].some((id) => !now.has(id))) await this.retain();
    const pollMs = this.deps.source(sourceId)?.pollEveryMs ?? 0;
    const isQuiet = observations.every(({ finding }) => finding.kind === 'clear');
    await this.lookForChanges(sourceId, target, { at, pollMs, isQuiet });
  }

  async reported(report: NewReport): Promise<void> {
    await this.rounds.add(report);
  }

  private async takeReports(reports: readonly NewReport[]): Promise<void> {
    // Reports overtake each other on their way here; what is decided last counts, so it is decided now.
    const at = this.deps.clock.now();
    const observations = reports.flatMap((one) => this.reports.take({ ...one, at }));
    if (observations.length > 0) await this.takeOver.add(await this.deps.alerts.process(observations, at));
  }

  async changed(sourceId: string, changes: readonly Omit<ChangeEvent, 'id'>[]): Promise<void> {
    const news = await this.changeWatch.report(changes);
    if (news.length === 0) return;
    this.deps.publish.changes(news);
    await this.noteChanges(news, `Reported by ${sourceId}.`);
  }

  async lookBack(sourceId: string, gap: Unwatched): Promise<LookedBack> {
    const target = this.deps.objectiveTarget(sourceId) ?? this.deps.target(sourceId);
    if (!target) return { complete: false, found: [] };
    const rules = this.deps.rules().filter((one) => one.source === sourceId);
    const objectives = [...this.statuses.values()].filter(({ objective }) => objective.source === sourceId);
    return lookBack({ target, objectives, rules }, gap);
  }

  async gapFilled(sourceId: string, gap: Unwatched): Promise<void> {
    const found = gap.found && gap.found.length > 0 ? gap.found.join(' ') : 'Nothing that pages held in it.';
    const entry = {
      at: this.deps.clock.now(),
      kind: 'watch' as const,
      actor: 'midwatch',
      title: oneLine(`Unwatched ${formatDuration(gap.toAt - gap.fromAt)}: ${sourceId}`, 200),
      detail: oneLine(
        `From ${new Date(gap.fromAt).toISOString().slice(0, 19)}Z: ${causesText(gap.causes)}; since backfilled. ${found}`,
        1_000,
      ),
    };
    for (const incident of this.deps.incidents.list())
      if (!isOver(incident.phase) && incident.startedAt - NAMED_BEFORE_MS < gap.toAt)
        await this.deps.incidents.append(incident.id, entry);
  }

  async tick(): Promise<void> {
    const now = this.deps.clock.now();
    await this.takeOver.add(await this.deps.alerts.tick(now));
    await this.takeOver.retry();
    // Apart in either direction: a clock that was set back must not stop it until it has caught up.
    if (Math.abs(now - this.tendedAt) < TEND_MS) return;
    this.tendedAt = now;
    // Evidence may wait seconds for a source that is silent; decisions must not wait with it.
    this.tending ??= this.deps.incidents
      .tend(now)
      .catch((thrown: unknown) =>
        this.deps.logger.warn({ problem: messageOf(thrown) }, 'incidents could not be tended'),
      )
      .finally(() => {
        this.tending = undefined;
      });
  }

  status(objectiveId: string): ObjectiveStatus | undefined {
    return this.statuses.get(objectiveId);
  }

  async retain(): Promise<void> {
    const { objectives, detectors } = this.deps.workspace();
    const kept = new Set(objectives.map((one) => one.id));
    const watched = new Set(detectors.map((one) => one.id));
    this.deps.objectives.retain(kept);
    this.deps.detection.retain(watched);
    for (const id of this.statuses.keys()) if (!kept.has(id)) this.statuses.delete(id);
    await this.takeOver.add(await this.deps.alerts.retainRules(this.ruleIds(), this.deps.clock.now()));
  }

  private ruleIds(): Set<string> {
    const { objectives, detectors, sources } = this.deps.workspace();
    return new Set([
      ...[...objectives, ...detectors, ...this.deps.rules()].map((one) => one.id),
      ...sources.map((one) => reportedRuleId(one.id)),
    ]);
  }

  problem(): string | null {
    return this.takeOver.problem() ?? this.deps.alerts.problem();
  }

  stop(): void {
    this.forget();
  }

  private async evaluate(sourceId: string, target: QueryTarget, at: number): Promise<Observation[]> {
    const { deps } = this;
    const ofSource = <T extends { readonly source: string }>(all: readonly T[]) =>
      all.filter((one) => one.source === sourceId);
    const source = deps.source(sourceId);
    const blind = blindnessOf(source);
    const facts = { pollMs: source?.pollEveryMs ?? 15 * SECOND_MS, blind };
    const { objectives, detectors } = deps.workspace();
    const [down, evaluated, judged, ruled] = await Promise.all([
      blind === null ? this.noData.ask(target, at) : null,
      deps.objectives.evaluate(ofSource(objectives), deps.objectiveTarget(sourceId) ?? target, at, facts),
      deps.detection.evaluate(ofSource(detectors), target, at),
      deps.ruleEvaluator.evaluate(ofSource(deps.rules()), at, deps.alerts.list()),
    ]);
    // A reload may have come meanwhile: what it took away must not come back by a poll that was under way.
    const still = deps.workspace();
    const known = evaluated.filter(({ objective }) =>
      still.objectives.some((one) => one.id === objective.id),
    );
    const found = judged.filter(({ detector }) => still.detectors.some((one) => one.id === detector.id));
    const when = (id: string) => found.find((one) => one.detector.id === id)?.detector.when;
    const [statuses, ofDetectors] = await Promise.all([
      holdBackObjectives(known, target, at, deps),
      holdBackDetectors(
        found.flatMap((one) => deps.detection.observe(one)),
        when,
        target,
        at,
        deps,
      ),
    ]);
    const observations = [...ofDetectors, ...ruled];
    const rules = ofSource(deps.rules());
    const { diagnoses, outages } =
      blind === null
        ? await this.noData.look({
            sourceId,
            target,
            at,
            pollMs: facts.pollMs,
            down,
            subjects: subjectsOf({
              statuses,
              detectors: found.map((one) => one.detector),
              rules,
              observations,
            }),
          })
        : NOT_LOOKED;
    const explained = statuses.map((one) => explainStatus(one, diagnoses));
    for (const status of explained) this.statuses.set(status.objective.id, status);
    deps.publish.objectives(explained);
    deps.publish.detectors(found);
    for (const status of explained) await deps.incidents.onPoll(status);
    return [
      ...explained.map((one) => deps.objectives.observe(one)),
      ...observations.map((one) => explainObservation(one, diagnoses)),
      ...outages,
    ];
  }

  private async lookForChanges(sourceId: string, target: QueryTarget, time: LookTime): Promise<void> {
    if (!this.changeWatch.isDue(sourceId, time)) return;
    const changes = await this.changeWatch.look(sourceId, target, time.at);
    if (changes.length === 0) return;
    this.deps.publish.changes(changes);
    try {
      await this.noteChanges(changes, 'Seen in the version that its metrics name.');
    } catch (thrown) {
      // The poll itself went well: a log that refuses must not make its source look as if nobody had seen it.
      this.deps.logger.warn({ problem: messageOf(thrown) }, 'changes could not be noted on the timelines');
    }
  }

  private async noteChanges(changes: readonly ChangeEvent[], detail: string): Promise<void> {
    for (const incident of this.deps.incidents.list()) {
      if (isOver(incident.phase)) continue;
      for (const change of changes) {
        await this.deps.incidents.append(incident.id, {
          at: change.at,
          kind: 'change',
          actor: change.service,
          title: oneLine(change.what, 200),
          detail,
        });
      }
    }
  }

  private async noteDelivery(outcome: 'sent' | 'failed', delivery: Delivery): Promise<void> {
    await this.deps.alerts.noteDelivery(delivery, this.deps.clock.now());
    const { incidentId } = delivery.page;
    if (incidentId === null || !this.deps.incidents.get(incidentId)) return;
    await this.deps.incidents.append(incidentId, {
      at: this.deps.clock.now(),
      kind: 'notification',
      actor: 'midwatch',
      title: oneLine(
        `${outcome === 'sent' ? 'Notified' : 'Could not notify'} ${delivery.receiver} by ${delivery.kind}`,
        200,
      ),
      detail: oneLine(outcome === 'sent' ? delivery.reason : (delivery.problem ?? delivery.reason), 1_000),
    });
  }
}
