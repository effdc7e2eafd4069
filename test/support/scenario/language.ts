import type { AlertRule } from '../../../main/alert/index.ts';
import type { MaintenanceConfig } from '../../../shared/config/maintenance.ts';
import type { RoutingConfig } from '../../../shared/config/routing.ts';
import type { AlertHold, AlertPhase, StageVerdict } from '../../../shared/model/alert.ts';
import type { Detector, DetectorStatus } from '../../../shared/model/detector.ts';
import type { Objective, ObjectiveStatus } from '../../../shared/model/objective.ts';
import type { Priority, Severity } from '../../../shared/model/priority.ts';
import type { Service } from '../../../shared/model/service.ts';

/** Series in Prometheus' notation, the first value at `fromMs` of the scenario's time. */
export interface Load {
  readonly stepMs: number;
  readonly fromMs: number;
  /** Which source brings it, where several bring the same; null: nobody else does. */
  readonly by: string | null;
  readonly lines: readonly string[];
}

/** What a script sets up before its time begins. */
export interface Setup {
  startAt: number;
  pollMs: number;
  tickMs: number;
  readonly loads: Load[];
  readonly services: Service[];
  readonly objectives: Objective[];
  readonly rules: AlertRule[];
  readonly detectors: Detector[];
  /** Windows as midwatch.yaml would say them; the times of one that happens once are of the scenario. */
  readonly maintenance: {
    readonly config: Partial<MaintenanceConfig>;
    readonly onceMs: readonly [number, number] | null;
    readonly definedAt: string;
  }[];
  /** Stages whose meeting the script tells of: it fails where either of them does not do its work. */
  readonly pairs: (readonly [StageVerdict['stage'], StageVerdict['stage']])[];
  /** What `midwatch.yaml` would say of routing, unchecked. */
  readonly routing: { [Key in keyof RoutingConfig]?: unknown };
}

export type Target = { readonly kind: 'incident' } | { readonly kind: 'alert'; readonly name: string };
export type WorkerName = 'slo' | 'detect';

export type Action =
  | { readonly kind: 'acknowledge'; readonly target: Target; readonly by: string }
  | { readonly kind: 'rearm' | 'escalate'; readonly alert: string; readonly by: string; readonly why: string }
  | { readonly kind: 'restart' }
  | {
      readonly kind: 'silence';
      readonly matchers: string;
      readonly durationMs: number;
      readonly by: string;
      readonly comment: string;
    }
  | { readonly kind: 'renew'; readonly durationMs: number; readonly by: string }
  | { readonly kind: 'expire'; readonly by: string }
  | { readonly kind: 'note'; readonly text: string; readonly by: string }
  | { readonly kind: 'worker'; readonly worker: WorkerName; readonly alive: boolean }
  /** `sleep`: the wall goes on and timers stand still. `stop`: both go on and nothing runs. `clock`: somebody sets it. */
  | { readonly kind: 'sleep' | 'stop' | 'clock'; readonly durationMs: number }
  | { readonly kind: 'source'; readonly state: 'up' | 'down' | 'silent' }
  /** Somebody tells of a deployment. */
  | { readonly kind: 'change'; readonly service: string; readonly from: string; readonly to: string }
  /** An Alertmanager lists all that it has, or its webhook tells of one alert. */
  | {
      readonly kind: 'report';
      readonly source: string;
      readonly way: 'lists' | 'tells' | 'ends';
      readonly alert: Readonly<Record<string, string>> | null;
    }
  | { readonly kind: 'remove'; readonly what: 'objective' | 'rule' | 'detector'; readonly name: string }
  | { readonly kind: 'reload' };

/** Words of a text that must, or must not, stand in it. */
export type Words = { readonly text: string; readonly present: boolean };

export type Expectation =
  | {
      readonly kind: 'alert';
      readonly name: string;
      readonly phase: AlertPhase | null;
      readonly priority: Priority | null;
      readonly acknowledged: boolean | null;
      /** What holds it, or that nothing does. */
      readonly held: AlertHold['stage'] | 'audible' | null;
      readonly words: readonly Words[];
    }
  | { readonly kind: 'no-alert'; readonly name: string | null }
  | { readonly kind: 'alerts'; readonly count: number }
  | {
      readonly kind: 'verdict';
      readonly name: string;
      readonly stage: StageVerdict['stage'];
      readonly outcome: StageVerdict['outcome'] | null;
      readonly words: readonly Words[];
    }
  | {
      readonly kind: 'objective';
      readonly name: string;
      readonly state: ObjectiveStatus['state'];
      readonly words: readonly Words[];
    }
  | {
      readonly kind: 'detector';
      readonly name: string;
      readonly state: DetectorStatus['state'];
      readonly words: readonly Words[];
    }
  | {
      readonly kind: 'incident';
      readonly severity: Severity | null;
      readonly phase: string | null;
      readonly services: readonly string[] | null;
      readonly words: readonly Words[];
    }
  | { readonly kind: 'incidents'; readonly count: number }
  | { readonly kind: 'timeline'; readonly words: readonly Words[]; readonly times: number | null }
  | {
      readonly kind: 'notification';
      readonly receivers: readonly string[];
      readonly priority: Priority | null;
      readonly sound: boolean | null;
      readonly resolved: boolean | null;
      readonly words: readonly Words[];
    }
  | { readonly kind: 'no-notification' }
  /** A span of the watch ledger, as long to a poll. */
  | {
      readonly kind: 'gap';
      readonly lengthMs: number;
      readonly filled: boolean | null;
      readonly words: readonly Words[];
    };

/** One line of a script that has a time; `untilMs` is later than `atMs` where it must hold after every poll in between. */
export interface Step {
  readonly line: number;
  readonly atMs: number;
  readonly untilMs: number;
  readonly what:
    | { readonly kind: 'action'; readonly action: Action }
    | { readonly kind: 'expect'; readonly expectation: Expectation };
}

export interface Script {
  readonly file: string;
  readonly setup: Setup;
  readonly steps: readonly Step[];
}
