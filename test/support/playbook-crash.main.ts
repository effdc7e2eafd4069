import { inlineWorker, systemClock } from '../../main/platform/index.ts';
import { openLog } from '../../main/store/index.ts';
import { benchOf, executorOver, httpStep, playbookOf, runConfirmed } from './playbook.ts';
import { ScriptedTarget } from './scripted-target.ts';

// Runs one request to production and its verification, which never comes to hold, until somebody kills this process.
const [, , path = '', url = ''] = process.argv;
const log = inlineWorker('log', openLog(path, { clock: systemClock() }));
const verify = { query: 'errors', is: '< 0.0001' };
const { playbooks } = benchOf({
  log: log.call,
  executor: executorOver(new ScriptedTarget().says('errors', 0.2)),
  playbook: playbookOf([], [httpStep('roll-back', url, { verify, timeoutMs: 60_000 })]),
});
const run = await playbooks.start('incident-1', 'model-degraded', 'ada');
await runConfirmed(playbooks, run.id);
