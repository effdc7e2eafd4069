import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { exportRules, importOpenSlo, importSloth } from '../../../main/interop/index.ts';
import { readYaml } from '../../../main/workspace/index.ts';
import { objectivesOf } from '../../../main/workspace/objective.ts';
import { OpenSloFile } from '../../../shared/config/objective.ts';
import { shippedPolicy } from '../../support/objective.ts';
import { promtoolMissing, runPromtool } from '../../support/rules-equal.ts';

const folder = fileURLToPath(new URL('../../../../shared/conformance/sloth/', import.meta.url));
const missing = existsSync(folder) ? promtoolMissing() : `the conformance files are not at ${folder}`;
const MINUTES = 900;

interface Example {
  readonly name: string;
  /** Series whose errors come in the middle, with what share of them fails. */
  readonly series: (bad: (minute: number) => number) => Record<string, number[]>;
}

const sum = (ofMinute: (minute: number) => number): number[] => {
  let value = 0;
  return Array.from({ length: MINUTES }, (_one, minute) => {
    value += ofMinute(minute);
    return value;
  });
};

const examples: readonly Example[] = [
  {
    name: 'getting-started',
    series: (bad) => ({
      'http_request_duration_seconds_count{job="myservice",code="200"}': sum((at) => 997 - bad(at)),
      'http_request_duration_seconds_count{job="myservice",code="500"}': sum(bad),
    }),
  },
  {
    name: 'openslo-getting-started',
    series: (bad) => ({
      'http_request_duration_seconds_count{job="myservice",code="200"}': sum((at) => 997 - bad(at)),
      'http_request_duration_seconds_count{job="myservice",code="500"}': sum(bad),
    }),
  },
  {
    name: 'kubernetes-apiserver',
    series: (bad) => ({
      'apiserver_request_total{code="200"}': sum((at) => 997 - bad(at)),
      'apiserver_request_total{code="500"}': sum(bad),
      'apiserver_request_duration_seconds_count{verb="GET"}': sum(() => 997),
      'apiserver_request_duration_seconds_bucket{verb="GET",le="0.4"}': sum((at) => 997 - 10 * bad(at)),
      'apiserver_request_duration_seconds_bucket{verb="GET",le="5"}': sum((at) => 997 - bad(at)),
    }),
  },
];

/** Nothing, then a fast burn, then nothing, then a slow one. */
const bursts = (minute: number) =>
  minute > 200 && minute < 240 ? 61 : minute > 503 && minute < 761 ? 11 : 0;

describe.each(examples)('the Sloth example $name', ({ name, series }) => {
  it('fires through import and export when Sloth’s own rules do', (context) => {
    if (missing) return context.skip(missing);
    const text = readFileSync(`${folder}${name}.yml`, 'utf8');
    const imported = name.startsWith('openslo')
      ? importOpenSlo(text, name, 'sre-workbook')
      : importSloth(text, name);
    const objectives = imported.files.flatMap((file) =>
      readYaml(file.text).documents.flatMap(({ value, located }) =>
        objectivesOf(
          { config: OpenSloFile.parse(value), file: file.name, located, path: [] },
          '',
          () => undefined,
        ),
      ),
    );
    expect(objectives.length).toBeGreaterThan(0);
    const ours = parse(
      exportRules(
        objectives.map((one) => one.config),
        [shippedPolicy('sre-workbook')],
        [],
      ).text,
    ) as { groups: unknown[] };
    const theirs = parseAllDocuments(readFileSync(`${folder}${name}.rules.yml`, 'utf8')).flatMap(
      (one) => (one.toJS() as { groups?: unknown[] } | null)?.groups ?? [],
    );
    const both = { groups: [...ours.groups, ...theirs] };
    // Whether anything fires, by page and ticket: the difference of both sides is empty at each evaluation.
    const sides = [
      ['midwatch_row=~"page.*"', 'sloth_severity="page"'],
      ['midwatch_objective!=""', 'sloth_severity!=""'],
    ] as const;
    const expectations = Array.from({ length: MINUTES / 5 }, (_one, at) => at * 5).flatMap((at) =>
      sides.map(([our, their]) => ({
        expr: `(count(ALERTS{alertstate="firing",${our}}) > bool 0 or vector(0)) != (count(ALERTS{alertstate="firing",${their}}) > bool 0 or vector(0))`,
        eval_time: `${at}m`,
        exp_samples: [],
      })),
    );
    const fires = {
      expr: 'count(ALERTS{alertstate="firing",midwatch_objective!=""}) > bool 0',
      eval_time: '220m',
      exp_samples: [{ labels: '{}', value: 1 }],
    };
    // Of OpenSLO documents Sloth makes no alerts: there the recorded error ratios are the same.
    const hasAlerts = JSON.stringify(theirs).includes('"alert"');
    const asked = hasAlerts ? expectations : ratiosDiffer(objectives.length);
    expect(runPromtool(both, series(bursts), '5m', [...asked, fires]).slice(0, 3)).toEqual([]);
  }, 180_000);
});

/** Sorted ratios of all objectives, theirs beside ours: where they differ by more than rounding, an evaluation answers. */
function ratiosDiffer(objectives: number): unknown[] {
  return Array.from({ length: MINUTES / 10 }, (_one, at) => at * 10).flatMap((at) =>
    ['5m', '1h', '6h'].map((window) => ({
      expr: `abs(sum(midwatch:slo_bad:count{midwatch_window="${window}"} / midwatch:slo_total:count{midwatch_window="${window}"}) - sum(slo:sli_error:ratio_rate${window})) > 1e-9 or (count(slo:sli_error:ratio_rate${window}) != ${objectives})`,
      eval_time: `${at}m`,
      exp_samples: [],
    })),
  );
}
