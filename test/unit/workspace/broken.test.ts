import { expect, it } from 'vitest';
import { formatProblems, loadWorkspace } from '../../../main/workspace/index.ts';
import { GOOD_FILES, loadDeps, workspaceFolder } from '../../support/workspace.ts';

function change(file: string, from: string, to: string): Record<string, string> {
  const text = GOOD_FILES[file] ?? '';
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
  return { [file]: text.replace(from, to) };
}

async function problemsOf(files: Record<string, string | null>): Promise<string[]> {
  await using folder = await workspaceFolder(files);
  const { workspace, problems } = await loadWorkspace(folder.path, loadDeps());
  if (problems.some((problem) => problem.severity === 'error')) expect(workspace).toBeNull();
  else expect(workspace).not.toBeNull();
  return formatProblems(problems)
    .split('\n')
    .filter((line) => line !== '');
}

it('has nothing to say of the workspace that is right', async () => {
  expect(await problemsOf({})).toEqual([]);
});

const slo = 'slos/gateway.yaml';
const playbook = 'playbooks/degraded.yaml';
const midwatch = 'midwatch.yaml';

it.each<[string, Record<string, string | null>, RegExp]>([
  ['a missing main file', { [midwatch]: null }, /^midwatch\.yaml:1:1 expected this file in the workspace/],
  [
    'an empty file',
    { 'services.yaml': '# nothing yet\n' },
    /^services\.yaml:1:1 expected some configuration; the file is empty$/,
  ],
  [
    'text that is no YAML',
    change(midwatch, 'name: shop', 'name: [shop'),
    /^midwatch\.yaml:2:1 expected YAML: /,
  ],
  ['a tab as indentation', change(midwatch, '  fleet:', '\tfleet:'), /^midwatch\.yaml:3:1 expected YAML: /],
  [
    'a key twice',
    change('services.yaml', '    tier: 1', '    tier: 1\n    tier: 2'),
    /^services\.yaml:4:5 expected each key once; "tier" stands already in line 3$/,
  ],
  [
    'a missing key',
    change(midwatch, 'name: shop\n', ''),
    /^midwatch\.yaml:1:1 name: expected the name of the workspace \(it is missing\)$/,
  ],
  [
    'a relabel rule that is no RE2',
    change(
      midwatch,
      '    kind: prometheus\n    url: ${vars.fleet}/prometheus\n',
      '    kind: exposition\n    targets: [{ id: a, url: "http://a/metrics" }]\n    metric_relabel:\n      - { regex: "(?=x)", action: labeldrop }\n',
    ),
    /^midwatch\.yaml:9:18 sources\[0\]\.metric_relabel\[0\]\.regex: expected an expression in RE2 syntax/,
  ],
  [
    'a misspelt key',
    change('services.yaml', 'depends_on', 'dependsOn'),
    /^services\.yaml:4:5 services\[0\]\.dependsOn: expected no key "dependsOn" here/,
  ],
  [
    'a value of another kind',
    change('services.yaml', 'tier: 1', 'tier: first'),
    /^services\.yaml:3:11 services\[0\]\.tier: expected a tier from 1/,
  ],
  [
    'a number out of range',
    change('services.yaml', 'tier: 1', 'tier: 9'),
    /^services\.yaml:3:11 services\[0\]\.tier: expected a tier from 1 \(most important\) to 4$/,
  ],
  [
    'a list where keys belong',
    { 'services.yaml': '- gateway\n' },
    /^services\.yaml:1:1 expected keys with values \("key: value"\), got a list$/,
  ],
  [
    'an unknown kind of source',
    change(midwatch, 'kind: prometheus', 'kind: graphite'),
    /^midwatch\.yaml:6:11 sources\[0\]\.kind: expected .*prometheus.*exposition.*, got "graphite"$/,
  ],
  [
    'a secret written into the file',
    change(
      midwatch,
      '    kind: prometheus',
      '    kind: prometheus\n    auth: { kind: bearer, token: s3cret }',
    ),
    /^midwatch\.yaml:7:34 sources\[0\]\.auth\.token: expected another value: this one is a secret written into the file/,
  ],
  [
    'an unknown variable',
    change(midwatch, '${vars.fleet}/prom', '${vars.flet}/prom'),
    /^midwatch\.yaml:7:10 sources\[0\]\.url: expected a variable of midwatch\.yaml, got "flet"; known are fleet$/,
  ],
  [
    'an unknown receiver',
    change(midwatch, 'sources:', 'routes: { P0: { receivers: [on_call_enginer] } }\nsources:'),
    /^midwatch\.yaml:4:29 routes\.P0\.receivers\[0\]: expected a receiver of this workspace, got "on_call_enginer"; known are on_call_engineer/,
  ],
  [
    'an unknown dependency',
    change('services.yaml', '[ranking]', '[rankng]'),
    /^services\.yaml:4:18 services\[0\]\.depends_on\[0\]: expected a service of this workspace, got "rankng"; known are gateway, ranking$/,
  ],
  [
    'a service twice',
    change('services.yaml', '- id: ranking', '- id: ranking\n  - id: gateway'),
    /^services\.yaml:6:9 services\[2\]\.id: expected an id of its own; the service "gateway" stands already in services\.yaml:2$/m,
  ],
  [
    'a target that is no fraction',
    change(slo, 'target: 0.999', 'target: 99.9'),
    /^slos\/gateway\.yaml:20:15 spec\.objectives\[0\]\.target: expected a fraction below 1; write for example 0\.999/,
  ],
  [
    'good and bad together',
    change(slo, '        total:', '        good: { metricSource: { spec: { query: x } } }\n        total:'),
    /^slos\/gateway\.yaml:10:9 spec\.indicator\.spec\.ratioMetric: expected exactly one of good and bad/,
  ],
  [
    'a period that is no duration',
    change(slo, '28d', 'four weeks'),
    /^slos\/gateway\.yaml:17:28 spec\.timeWindow\[0\]\.duration: expected a duration; write for example 28d instead of "four weeks"$/,
  ],
  [
    'an annotation that is not ours',
    change(
      slo,
      '  name: gateway-availability',
      '  name: gateway-availability\n  annotations:\n    midwatch.dev/polcy: fixed',
    ),
    /^slos\/gateway\.yaml:6:25 metadata\.annotations\["midwatch\.dev\/polcy"\]: expected one of midwatch\.dev\/source/,
  ],
  [
    'an unknown policy',
    change(
      slo,
      '  name: gateway-availability',
      '  name: gateway-availability\n  annotations:\n    midwatch.dev/policy: strict',
    ),
    /^slos\/gateway\.yaml:6:26 metadata\.annotations\["midwatch\.dev\/policy"\]: expected a policy of this workspace, got "strict"; known are midwatch, fixed$/,
  ],
  [
    'an expression that cannot be read, in a quoted text',
    change('alerts/queue.yaml', 'queue > 8', '"queue !! 8"'),
    /^alerts\/queue\.yaml:5:22 groups\[0\]\.rules\[0\]\.expr: expected a PromQL expression: unexpected "!!"$/,
  ],
  [
    'an expression that cannot be read, in a block',
    change('detectors/queue.yaml', 'query: queue', 'query: |-\n      sum(\n        queue !! 1\n      )'),
    /^detectors\/queue\.yaml:6:15 detectors\[0\]\.query: expected a PromQL expression: unexpected "!!"$/,
  ],
  [
    'a condition of an objective that cannot be read',
    change(
      slo,
      '  name: gateway-availability',
      '  name: gateway-availability\n  annotations:\n    midwatch.dev/when: "queue !! 8"',
    ),
    /^slos\/gateway\.yaml:6:31 metadata\.annotations\["midwatch\.dev\/when"\]: expected a PromQL expression: unexpected "!!"$/,
  ],
  [
    'a deployment that is no duration',
    change(
      slo,
      '  name: gateway-availability',
      '  name: gateway-availability\n  annotations:\n    midwatch.dev/deployed-within: soon',
    ),
    /^slos\/gateway\.yaml:6:35 metadata\.annotations\["midwatch\.dev\/deployed-within"\]: expected a duration; write for example 30m instead of "soon"$/,
  ],
  [
    'a condition of a detector that cannot be read',
    change('detectors/queue.yaml', 'service: ranking', 'service: ranking\n    when: "queue !! 8"'),
    /^detectors\/queue\.yaml:4:18 detectors\[0\]\.when: expected a PromQL expression: unexpected "!!"$/,
  ],
  [
    'an indicator without a place for its window',
    change(slo, 'query: requests_total', 'query: sum(requests_total)'),
    /^slos\/gateway\.yaml:16:28 spec\.indicator\.spec\.ratioMetric\.total\.metricSource\.spec\.query: expected a PromQL expression: .*\$window/,
  ],
  [
    'an alert rule with an unknown priority',
    change('alerts/queue.yaml', 'P2', 'P7'),
    /^alerts\/queue\.yaml:7:29 groups\[0\]\.rules\[0\]\.labels\.priority: expected another value: this one has a priority/,
  ],
  [
    'an alert rule for nobody',
    change('alerts/queue.yaml', 'service: ranking', 'service: nobody'),
    /^alerts\/queue\.yaml:7:42 groups\[0\]\.rules\[0\]\.labels\.service: expected a service/,
  ],
  [
    'a detector with an unknown source',
    change('detectors/queue.yaml', 'service: ranking', 'service: ranking\n    source: thanos'),
    /^detectors\/queue\.yaml:4:13 detectors\[0\]\.source: expected a source of this workspace, got "thanos"; known are prom$/,
  ],
  [
    'a comparison that is none',
    change(playbook, '"> 0.5"', 'large'),
    /^playbooks\/degraded\.yaml:8:33 diagnosis_steps\[0\]\.check\.is: expected a comparison; write for example "> 0\.5"/,
  ],
  [
    'a step of two kinds',
    change(playbook, '    indicates: { cause: errors }', '    manual: look'),
    /^playbooks\/degraded\.yaml:6:5 diagnosis_steps\[0\]: expected exactly one of check, manual and http, got check and manual$/,
  ],
  [
    'a step id twice',
    change(playbook, '- id: roll-back', '- id: errors'),
    /^playbooks\/degraded\.yaml:11:9 mitigation_actions\[0\]\.id: expected an id of its own; "errors" is another step/,
  ],
  [
    'a change to production that nobody confirms',
    change(playbook, '    confirm: ranking\n', ''),
    /^playbooks\/degraded\.yaml:1[34]:\d+ mitigation_actions\[0\]\.http: expected confirm beside a request that changes something/,
  ],
  [
    'a literal secret in a header',
    change(
      playbook,
      '      method: POST',
      '      headers: { Authorization: Bearer abc }\n      method: POST',
    ),
    /^playbooks\/degraded\.yaml:15:33 mitigation_actions\[0\]\.http\.headers\.Authorization: expected a secret by its name/,
  ],
  [
    'a placeholder that can never be filled',
    change(playbook, 'service: ranking }', 'service: "${service}" }'),
    /^playbooks\/degraded\.yaml:17:13 mitigation_actions\[0\]\.http\.json: expected a placeholder that can be filled/,
  ],
  [
    'a playbook for an unknown objective',
    change(playbook, '[gateway-availability]', '[gateway-latency]'),
    /^playbooks\/degraded\.yaml:4:14 objectives\[0\]: expected a objective|^playbooks\/degraded\.yaml:4:14 objectives\[0\]: expected an objective/,
  ],
  [
    'a file whose name is not read',
    { 'service.yaml': 'services: []\n' },
    /^service\.yaml:1:1 warning: expected one of midwatch\.yaml, services\.yaml/,
  ],
])('names file, line and column of %s', async (_what, files, line) => {
  const problems = await problemsOf(files);
  expect(problems).toEqual([expect.stringMatching(line)]);
});

it('reports all that is wrong at once, in the order of the files', async () => {
  const problems = await problemsOf({
    ...change('services.yaml', 'tier: 1', 'tier: 9'),
    ...change(slo, 'target: 0.999', 'target: 99.9'),
    ...change('alerts/queue.yaml', 'for: 1m', 'for: soon'),
  });
  expect(problems.map((line) => line.split(' ')[0])).toEqual([
    'alerts/queue.yaml:6:14',
    'services.yaml:3:11',
    'slos/gateway.yaml:20:15',
  ]);
});

it('reads the expressions of files that are wrong in their shape, too', async () => {
  const problems = await problemsOf({
    'alerts/queue.yaml': (GOOD_FILES['alerts/queue.yaml'] ?? '')
      .replace('for: 1m', 'for: soon')
      .replace('expr: queue > 8', 'expr: queue !! 8'),
    'detectors/queue.yaml':
      'detectors:\n  - id: queue\n    servise: ranking\n    query: queue !!\n    when: elsewhere > 1\n',
    'dashboards/one.yaml': 'panels:\n  - { tytle: a, expression: "x !! y" }\n',
    [slo]: (GOOD_FILES[slo] ?? '')
      .replace(', isRolling: true', '')
      .replace('28d', 'soon')
      .replace('query: requests_total }', 'query: "sum(x)" }'),
    [playbook]: (GOOD_FILES[playbook] ?? '').replace('title: Degraded', 'tytle: Degraded'),
  });
  const said = problems.join('\n');
  expect(said).toMatch(
    /^alerts\/queue\.yaml:5:21 groups\[0\]\.rules\[0\]\.expr: expected a PromQL expression/m,
  );
  expect(said).toMatch(/^alerts\/queue\.yaml:6:14 /m);
  expect(said).toMatch(/^detectors\/queue\.yaml:4:\d+ detectors\[0\]\.query: expected a PromQL expression/m);
  expect(said).toMatch(/^dashboards\/one\.yaml:2:\d+ panels\[0\]\.expression: expected a PromQL expression/m);
  expect(said).toMatch(/^slos\/gateway\.yaml:\d+:\d+ spec\.indicator\.spec\.ratioMetric\.total\.\S+query: /m);
  expect(said).toMatch(/^slos\/gateway\.yaml:17:\d+ spec\.timeWindow\[0\]\.isRolling: /m);
  expect(said).toMatch(/^slos\/gateway\.yaml:17:\d+ spec\.timeWindow\[0\]\.duration: expected a duration/m);
  // Each mistake once.
  expect(new Set(problems).size).toBe(problems.length);
});
