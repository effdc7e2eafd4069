import { z } from 'zod';
import type { Board } from '../model/board.ts';
import type { Detector } from '../model/detector.ts';
import type { Objective } from '../model/objective.ts';
import type { Playbook } from '../model/playbook.ts';
import type { Service } from '../model/service.ts';
import type { AlertRuleConfig } from './alert-rule.ts';
import { MaintenanceConfig, type MaintenanceDefinition } from './maintenance.ts';
import { PromqlConfig } from './promql.ts';
import { ReceiveConfig } from './receive.ts';
import { RoutingConfig } from './routing.ts';
import { type SourceConfig, SourceList } from './source.ts';

/** `midwatch.yaml`: what is asked, who is told, when people are at work. Routing's keys stand at the top, each with its default. */
export const MidwatchFile = z
  .strictObject({
    name: z
      .string({ error: 'expected the name of the workspace' })
      .min(1, { message: 'expected the name of the workspace' })
      .max(100, { message: 'expected a name of at most 100 characters' }),
    /** Names for addresses and the like, used in sources and playbooks as ${vars.NAME}. */
    vars: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, {
          message: 'expected a name of letters, digits, "-" and "_", not beginning with a digit',
        }),
        z.string({ error: 'expected text; write numbers in quotes' }).max(2_000),
      )
      .default({}),
    sources: SourceList,
    receive: ReceiveConfig,
    promql: PromqlConfig,
    maintenance: z.array(MaintenanceConfig).max(500).default([]),
    ...RoutingConfig.shape,
  })
  .describe('A Midwatch workspace: sources, receivers and routing');
export type MidwatchFile = z.infer<typeof MidwatchFile>;

/** A plain rule with where it is written. */
export interface RuleDefinition {
  readonly id: string;
  readonly group: string;
  readonly rule: AlertRuleConfig;
  /** `alerts/queue.yaml:6`. */
  readonly definedAt: string;
}

/** The whole configuration of a workspace, checked: every name in it is known. Plain data. */
export interface Workspace {
  /** The same for the same folder on this machine, whatever way leads to it. */
  readonly id: string;
  readonly name: string;
  /** The folder's real path. */
  readonly path: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly sources: readonly SourceConfig[];
  readonly receive: ReceiveConfig;
  readonly promql: PromqlConfig;
  readonly routing: RoutingConfig;
  readonly maintenance: readonly MaintenanceDefinition[];
  /** `midwatch.yaml:12`; without a line where the default routes are taken. */
  readonly routingDefinedAt: string;
  /** Where each channel of a receiver of its own stands, in the file's order. */
  readonly channelsDefinedAt?: Readonly<Record<string, readonly string[]>>;
  readonly services: readonly Service[];
  readonly objectives: readonly Objective[];
  readonly rules: readonly RuleDefinition[];
  readonly detectors: readonly Detector[];
  readonly playbooks: readonly Playbook[];
  readonly boards: readonly Board[];
  /** The files that were read, by their path inside the folder. */
  readonly files: readonly string[];
}
