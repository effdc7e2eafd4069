/** The import table of the architecture, checked. A stage may import what its line names, `shared/`, and nothing else. */
const stages = {
  platform: [],
  statistics: [],
  calendar: [],
  source: ['platform'],
  receive: ['platform'],
  store: ['platform'],
  ingest: ['platform', 'source', 'receive', 'store'],
  query: ['platform', 'source', 'store'],
  slo: ['platform', 'calendar', 'store', 'query'],
  discover: ['platform', 'source', 'query', 'slo'],
  trace: ['platform', 'statistics', 'store'],
  detect: ['platform', 'statistics', 'store', 'query'],
  alert: ['platform', 'calendar', 'store', 'query', 'slo', 'detect'],
  notify: ['platform', 'calendar', 'store'],
  incident: ['platform', 'calendar', 'store', 'query', 'slo', 'alert'],
  investigate: ['platform', 'statistics', 'store', 'query', 'trace', 'detect', 'incident'],
  capacity: ['platform', 'statistics', 'store', 'query'],
  action: ['platform', 'statistics', 'store', 'query', 'notify'],
  playbook: ['platform', 'store', 'query', 'incident', 'action'],
  automation: ['platform', 'calendar', 'store', 'query', 'alert', 'incident', 'action', 'playbook'],
  chaos: ['platform', 'calendar', 'statistics', 'store', 'query', 'slo', 'alert', 'incident', 'action'],
  postmortem: ['platform', 'store', 'slo', 'incident', 'investigate', 'playbook', 'chaos'],
  pipeline: [
    'platform',
    'source',
    'receive',
    'store',
    'ingest',
    'query',
    'slo',
    'detect',
    'alert',
    'notify',
    'incident',
    'playbook',
    'automation',
    'chaos',
    'postmortem',
  ],
  replay: ['platform', 'source', 'store', 'query', 'slo', 'detect', 'alert', 'pipeline'],
  interop: ['platform', 'slo', 'alert', 'capacity'],
  workspace: [
    'platform',
    'query',
    'slo',
    'detect',
    'alert',
    'notify',
    'capacity',
    'action',
    'playbook',
    'automation',
    'chaos',
    'interop',
  ],
  shift: [
    'platform',
    'calendar',
    'store',
    'ingest',
    'alert',
    'notify',
    'incident',
    'playbook',
    'automation',
    'chaos',
  ],
  demo: ['platform'],
};
const above = Object.keys(stages).filter((stage) => stage !== 'demo');
stages.api = above.filter((stage) => !['statistics', 'calendar', 'pipeline'].includes(stage));
stages.app = [...above, 'api'];
stages['host/node'] = ['platform', 'api', 'app'];
stages['host/electron'] = ['platform', 'api', 'app'];
stages['host/cli'] = ['platform', 'app', 'host/node'];

const any = (names) => (names.length === 0 ? '(?!)' : `(${names.join('|')})`);
const stageRules = Object.entries(stages).flatMap(([stage, allowed]) => [
  {
    name: `stage-${stage.replace('/', '-')}`,
    severity: 'error',
    comment: `main/${stage} may import ${allowed.join(', ') || 'no other stage'} and shared/`,
    from: { path: `^main/${stage}/` },
    to: { path: '^(main|preload|renderer|test|scripts)/', pathNot: `^main/${any([stage, ...allowed])}/` },
  },
  {
    name: `door-${stage.replace('/', '-')}`,
    severity: 'error',
    comment: 'other stages only through their index.ts; worker and process entries are excepted',
    from: { path: `^main/${stage}/`, pathNot: '\\.(worker|main)\\.ts$' },
    to: { path: '^main/', pathNot: `^main/(${stage}/|[^.]*/index\\.ts$)` },
  },
]);

const pure = (folder, extra = []) => ({
  name: `pure-${folder.replaceAll('/', '-')}`,
  severity: 'error',
  comment: 'pure folders import only themselves, statistics, shared and simple-statistics',
  from: { path: `^main/${folder}/` },
  to: {
    pathNot: `^(main/${folder}/|main/statistics/|shared/|node_modules/simple-statistics/${extra.map((one) => `|${one}`).join('')})`,
  },
});

const window = {
  ui: [],
  chart: ['ui'],
  transport: [],
  state: ['transport'],
  boot: ['ui', 'transport', 'state', 'screen', 'style'],
};
const windowRules = Object.entries(window).map(([folder, allowed]) => ({
  name: `window-${folder}`,
  severity: 'error',
  comment: `renderer/${folder} may import ${allowed.join(', ') || 'nothing else of the window'}`,
  from: { path: `^renderer/${folder}/` },
  to: { path: '^(renderer|main|preload|test)/', pathNot: `^renderer/${any([folder, ...allowed])}/` },
}));

const only = (name, module, folders) => ({
  name,
  severity: 'error',
  comment: `${module} only in ${folders}`,
  from: { pathNot: folders },
  to: { path: `^(node_modules/${module}(/|$)|${module}$)` },
});

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(electron|virtual:|\\?)' },
    },
    ...stageRules,
    ...[
      'statistics',
      'slo/math',
      'detect/detector',
      'alert/rule',
      'investigate/analysis',
      'capacity/math',
    ].map((folder) => pure(folder)),
    pure('calendar', ['node_modules/(temporal-polyfill|croner|rrule)/']),
    ...windowRules,
    {
      name: 'window-screen',
      severity: 'error',
      comment: 'a screen may import state, chart and ui, never another screen',
      from: { path: '^renderer/screen/([^/]+)/' },
      to: { path: '^(renderer|main|preload|test)/', pathNot: '^renderer/(screen/$1|state|chart|ui)/' },
    },
    {
      name: 'shared-order',
      severity: 'error',
      comment: 'unit <- error <- model <- config <- contract',
      from: { path: '^shared/unit/' },
      to: { path: '^(main|renderer|preload|test)/|^shared/(error|model|config|contract)/' },
    },
    {
      name: 'shared-error',
      severity: 'error',
      from: { path: '^shared/error/' },
      to: { path: '^(main|renderer|preload|test)/|^shared/(model|config|contract)/' },
    },
    {
      name: 'shared-model',
      severity: 'error',
      from: { path: '^shared/model/' },
      to: { path: '^(main|renderer|preload|test)/|^shared/(config|contract)/' },
    },
    {
      name: 'shared-config',
      severity: 'error',
      from: { path: '^shared/config/' },
      to: { path: '^(main|renderer|preload|test)/|^shared/contract/' },
    },
    {
      name: 'shared-contract',
      severity: 'error',
      from: { path: '^shared/contract/' },
      to: { path: '^(main|renderer|preload|test)/' },
    },
    {
      name: 'no-node-in-shared-or-window',
      severity: 'error',
      from: { path: '^(shared|renderer)/' },
      to: { dependencyTypes: ['core'] },
    },
    only('electron-only-in-its-host', 'electron', '^(main/host/electron|preload)/'),
    only('sqlite-only-in-store', 'better-sqlite3', '^main/store/'),
    only('react-only-in-window', '(react|react-dom|zustand)', '^(renderer/|node_modules/)'),
    only('uplot-only-in-charts', 'uplot', '^renderer/chart/'),
    {
      name: 'preload-alone',
      severity: 'error',
      from: { path: '^preload/' },
      to: { path: '^(main|renderer|test)/' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|test)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.css'],
    },
  },
};
