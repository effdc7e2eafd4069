import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import {
  exportOpenSlo,
  exportRules,
  importAlertmanager,
  importOpenSlo,
  importRules,
  importSloth,
} from '../../../main/interop/index.ts';
import { sourceOfSlo } from '../../../main/workspace/check-slo.ts';
import { readYaml } from '../../../main/workspace/index.ts';
import { objectivesOf } from '../../../main/workspace/objective.ts';
import type { YamlDocument } from '../../../main/workspace/yaml-reader.ts';
import { OpenSloFile } from '../../../shared/config/objective.ts';
import type { Objective } from '../../../shared/model/objective.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const policies = ['midwatch', 'sre-workbook', 'fixed'].map(shippedPolicy);

/** Reads imported files of objectives as a workspace does. */
function objectivesIn(files: readonly { name: string; text: string }[]): Objective[] {
  return files
    .filter((one) => one.name.startsWith('slos/'))
    .flatMap((one) =>
      readYaml(one.text).documents.flatMap(({ value, located }) => written(value, one.name, located)),
    )
    .map((one) => one.config);
}

function written(value: unknown, file: string, located: YamlDocument['located']) {
  const config = OpenSloFile.parse(value);
  return objectivesOf({ config, file, located, path: [] }, sourceOfSlo(config) ?? '', () => undefined);
}

const meaning = ({ definedAt: _, ...objective }: Objective) => objective;

const indicator = fc.constantFrom(
  { bad: 'failed{code=~"5.."}', total: 'requests' },
  { good: 'sum(rate(good_total[$window]))', total: 'sum(rate(all_total[$window]))' },
);
const objective = fc
  .record({
    kind: fc.constantFrom('availability' as const, 'accuracy' as const),
    indicator,
    target: fc.constantFrom(0.9, 0.99, 0.9999),
    policy: fc.constantFrom('midwatch', 'sre-workbook', 'fixed'),
    source: fc.constantFrom('prom', ''),
    delay: fc.option(fc.constantFrom(30_000, 90_000), { nil: undefined }),
    thresholdMs: fc.option(fc.constantFrom(100, 250), { nil: undefined }),
    when: fc.option(
      fc
        .record({
          expression: fc.constantFrom(null, 'sum(requests_total) > 5'),
          deployedWithinMs: fc.constantFrom(null, 1_800_000),
          deployedBeforeMs: fc.constantFrom(null, 600_000),
        })
        .filter((one) => Object.values(one).some((value) => value !== null)),
      { nil: undefined },
    ),
    wake: fc.option(fc.constant({ policy: 'budget' as const, floor: 0.4 }), { nil: undefined }),
    period: fc.constantFrom(
      { periodMs: 28 * DAY_MS },
      {
        periodMs: 30 * DAY_MS,
        calendar: { unit: 'month' as const, count: 1, timeZone: 'Europe/Berlin', startTime: '2026-01-01' },
      },
    ),
    composite: fc.boolean(),
  })
  .map(({ delay, thresholdMs, wake, when, period, composite, ...rest }) =>
    gatewayObjective({
      ...rest,
      ...period,
      ...(delay === undefined ? {} : { evaluationDelayMs: delay }),
      ...(thresholdMs === undefined || composite ? {} : { thresholdMs }),
      ...(wake ? { wake } : {}),
      ...(when ? { when } : {}),
      ...(composite
        ? {
            components: ['a', 'b'].map((title) => ({
              title,
              weight: 2,
              target: rest.target,
              indicator: rest.indicator,
            })),
          }
        : {}),
    }),
  );

describe('export and import', () => {
  it('of OpenSLO is the identity on meaning', () => {
    fc.assert(
      fc.property(objective, (one) => {
        const once = objectivesIn(importOpenSlo(exportOpenSlo([one]), 'x.yaml').files);
        expect(once.map(meaning)).toEqual([meaning(one)]);
        const twice = objectivesIn(importOpenSlo(exportOpenSlo(once), 'x.yaml').files);
        expect(twice.map(meaning)).toEqual(once.map(meaning));
      }),
    );
  });

  it('of Prometheus rules is the identity on objectives and on plain rules', () => {
    fc.assert(
      fc.property(objective, (one) => {
        const rule = {
          id: 'queue/Long',
          group: 'queue',
          definedAt: 'alerts/queue.yaml:3',
          rule: {
            ...{
              alert: 'Long',
              expr: 'queue > 5',
              for: '5m',
              labels: { priority: 'P1', service: 'gateway' },
            },
            annotations: { summary: 'The queue is long' },
          },
        };
        const { text } = exportRules([one], policies, [rule]);
        const back = importRules(text, 'rules.yml');
        expect(objectivesIn(back.files).map(meaning)).toEqual([meaning(one)]);
        const alerts = back.files.find((file) => file.name === 'alerts/rules.yaml');
        expect(parse(alerts?.text ?? '')).toEqual({ groups: [{ name: 'queue', rules: [rule.rule] }] });
        expect(back.left.filter((line) => !line.includes('midwatch'))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('of slices keeps their verdicts: what is bad stays what is bad', () => {
    const slices = { lengthMs: MINUTE_MS, bad: 'max((accuracy) < bool 0.9)', condition: 'at least 0.9' };
    const [back] = objectivesIn(importOpenSlo(exportOpenSlo([gatewayObjective({ slices })]), 'x.yaml').files);
    expect(back?.slices?.bad).toBe('max((max((accuracy) < bool 0.9)) > bool 0.5)');
  });
});

describe('an import', () => {
  it('names by file and line what it cannot carry over', () => {
    const rules =
      'groups:\n  - name: g\n    rules:\n      - record: a:b\n        expr: sum(a)\n      - alert: X\n        expr: a > 1\n        labels: { severity: critical }\n';
    const { files, left } = importRules(rules, 'r.yml');
    expect(left).toEqual([expect.stringMatching(/^r\.yml:4: the recording rule a:b/)]);
    expect(parse(files[0]?.text ?? '').groups[0].rules[0].labels).toEqual({
      severity: 'critical',
      priority: 'P0',
    });
    expect(importRules('groups: [', 'r.yml').left[0]).toMatch(/^r\.yml:\d+: not YAML/);
    expect(
      importSloth(
        'version: prometheus/v1\nservice: s\nslos:\n  - name: a\n    objective: 99\n    sli: { raw: { error_ratio_query: x } }\n',
        's.yml',
      ).left[0],
    ).toMatch(/^s\.yml:6: a: an SLI without events/);
    expect(
      importAlertmanager(
        'route:\n  receiver: a\n  routes:\n    - receiver: b\n      matchers: [team="x"]\n',
        'a.yml',
      ).left[0],
    ).toMatch(/^a\.yml:4: only routes/);
  });

  it('leaves nothing out in silence where a row cannot fire', () => {
    const { left } = exportRules([gatewayObjective({ target: 0.5 })], policies, []);
    expect(left.join('\n')).toMatch(/row page: Can never fire/);
    expect(
      parseAllDocuments(exportOpenSlo([gatewayObjective(), gatewayObjective({ id: 'b' })])),
    ).toHaveLength(2);
  });
});
