import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contract } from '../../shared/contract/index.ts';
import { type Desktop, startDesktop, until } from './support/desktop.ts';
import { askOverPort } from './support/page-port.ts';
import { startTarget, type Target } from './support/target.ts';
import { type TestWorkspace, writeWorkspace } from './support/workspace.ts';

let target: Target;
let workspace: TestWorkspace;
let desktop: Desktop;

beforeAll(async () => {
  target = await startTarget({ queue: 0, down: 0 });
  workspace = writeWorkspace(target.address);
  desktop = await startDesktop({ args: ['start', workspace.path] });
}, 60_000);
afterAll(async () => {
  await desktop.close();
  await target.close();
  workspace.remove();
});

const now = Date.now();
const Range = { fromAt: now - 60_000, toAt: now, stepMs: 1_000 };
const run = { runId: 'nowhere' };
/** Each request of the contract, with an input that fits its schema, and what an empty workspace answers. */
const requests: Readonly<Record<string, readonly [input: unknown, expected: string]>> = {
  '/system/hello': [undefined, 'ok'],
  '/system/notifications': [undefined, 'ok'],
  '/system/notificationShown': [{ deliveryId: 'nowhere', outcome: 'shown', problem: '' }, 'ok'],
  '/system/sendTest': [{ receiver: 'nobody' }, 'UNAVAILABLE'],
  '/system/sendTestPage': [{ priority: 'P3' }, 'ok'],
  '/discover/catalogue': [undefined, 'ok'],
  '/discover/probe': [{ url: 'ftp://nowhere', auth: { kind: 'none' } }, 'REFUSED'],
  '/discover/look': [{ sourceId: 'desk' }, 'ok'],
  '/workspace/read': [{ file: 'midwatch.yaml' }, 'ok'],
  '/workspace/preview': [
    { edits: [{ kind: 'set', file: 'midwatch.yaml', path: ['name'], value: 'port' }] },
    'ok',
  ],
  '/workspace/apply': [
    { edits: [{ kind: 'set', file: 'midwatch.yaml', path: ['name'], value: 'port' }], versions: {} },
    'REFUSED',
  ],
  '/secret/place': [undefined, 'ok'],
  '/secret/keep': [{ name: 'port', secret: 'canary' }, 'ok'],
  '/state/watch': [undefined, 'ok'],
  '/health/report': [undefined, 'ok'],
  '/health/history': [{ fromAt: 0, toAt: 60_000 }, 'ok'],
  '/source/tryNow': [{ sourceId: 'desk' }, 'ok'],
  '/source/exemplars': [{ traceId: 'nowhere' }, 'ok'],
  '/source/watched': [{ fromAt: 0, toAt: 1_000 }, 'ok'],
  '/alert/acknowledge': [{ alertId: 'nowhere' }, 'NOT_FOUND'],
  '/alert/rearm': [{ alertId: 'nowhere', reason: 'r' }, 'NOT_FOUND'],
  '/alert/escalation': [{ alertId: 'nowhere' }, 'ok'],
  '/alert/escalate': [{ alertId: 'nowhere', reason: 'r' }, 'NOT_FOUND'],
  '/alert/fired': [{ objectiveId: 'nowhere', fromAt: 0, toAt: 1 }, 'ok'],
  '/alert/onCall': [undefined, 'ok'],
  '/alert/why': [{ alertId: 'nowhere', limit: 1 }, 'ok'],
  '/alert/search': [{ text: 'nothing', fromAt: 0, toAt: 1, skip: 0, limit: 1 }, 'ok'],
  '/incident/timeline': [{ id: 'nowhere', afterSeq: 0 }, 'NOT_FOUND'],
  '/incident/evidence': [{ id: 'nowhere' }, 'NOT_FOUND'],
  '/incident/acknowledge': [{ id: 'nowhere' }, 'NOT_FOUND'],
  '/incident/changePhase': [{ id: 'nowhere', to: 'closed', reason: 'x', revision: 1 }, 'NOT_FOUND'],
  '/incident/changeSeverity': [{ id: 'nowhere', severity: 'SEV-1', reason: 'x', revision: 1 }, 'NOT_FOUND'],
  '/incident/addNote': [{ id: 'nowhere', text: 'x' }, 'NOT_FOUND'],
  '/incident/openByHand': [{ title: 'By hand', service: 'shop', severity: 'SEV-3' }, 'ok'],
  '/objective/policies': [undefined, 'ok'],
  '/objective/detectionTimes': [{ target: 0.999, periodMs: 2_592_000_000, policy: 'midwatch' }, 'ok'],
  '/objective/alertHistory': [{ objectiveId: 'nowhere', fromAt: 0, toAt: 60_000 }, 'NOT_FOUND'],
  '/objective/whatIf': [{ objectiveId: 'nowhere', change: {}, fromAt: 0, toAt: 60_000 }, 'NOT_FOUND'],
  '/objective/changeEdits': [{ objectiveId: 'nowhere', change: {} }, 'NOT_FOUND'],
  '/objective/progress': [{ ask: 'none' }, 'ok'],
  '/objective/tryOut': [{ source: 'nowhere', document: {}, fromAt: 0, toAt: 60_000 }, 'NOT_FOUND'],
  '/objective/spentBy': [{ objectiveId: 'nowhere', fromAt: 0, toAt: 60_000 }, 'NOT_FOUND'],
  '/objective/corrections': [{ objectiveId: 'nowhere' }, 'ok'],
  '/objective/addCorrection': [{ objectiveId: 'nowhere', fromAt: 0, toAt: 60_000, reason: 'x' }, 'NOT_FOUND'],
  '/objective/revokeCorrection': [{ id: 'nowhere', reason: 'x' }, 'NOT_FOUND'],
  '/objective/report': [{ format: 'markdown' }, 'ok'],
  '/objective/saveReport': [{ format: 'html' }, 'ok'],
  '/playbook/start': [{ incidentId: 'nowhere', playbookId: 'drain' }, 'NOT_FOUND'],
  '/playbook/runNext': [run, 'NOT_FOUND'],
  '/playbook/dryRun': [{ ...run, stepId: 'drain' }, 'NOT_FOUND'],
  '/playbook/retry': [{ ...run, stepId: 'drain' }, 'NOT_FOUND'],
  '/playbook/decide': [{ ...run, stepId: 'drain', decision: 'done' }, 'NOT_FOUND'],
  '/playbook/stop': [run, 'NOT_FOUND'],
  '/postmortem/get': [{ incidentId: 'nowhere' }, 'NOT_FOUND'],
  '/postmortem/save': [{ incidentId: 'nowhere', revision: 1, title: 'x', sections: [] }, 'NOT_FOUND'],
  '/postmortem/exportMarkdown': [{ incidentId: 'nowhere' }, 'NOT_FOUND'],
  '/query/check': [{ source: 'desk', expression: 'queue' }, 'ok'],
  '/query/instant': [{ source: 'desk', expression: 'queue' }, 'ok'],
  '/query/range': [{ source: 'desk', expression: 'queue', ...Range }, 'binary'],
  '/query/part': [{ answer: 'nothing', part: 1 }, 'NOT_FOUND'],
  '/query/bounds': [{ source: 'desk', expression: 'queue', fromAt: 0, toAt: 60_000 }, 'binary'],
  '/query/progress': [{ ask: 'nothing' }, 'ok'],
  '/query/labelNames': [{ source: 'desk' }, 'ok'],
  '/query/labelValues': [{ source: 'desk', label: 'job' }, 'ok'],
  '/query/metrics': [{ source: 'desk' }, 'ok'],
  '/series/range': [{ source: 'desk', expression: 'queue', ...Range }, 'binary'],
  '/series/instant': [{ source: 'desk', expression: 'queue' }, 'ok'],
  '/series/burn': [{ objectiveId: 'nowhere', ...Range }, 'binary'],
  '/series/budget': [{ objectiveId: 'nowhere' }, 'binary'],
  '/incident/evidenceSamples': [{ evidenceId: 'nowhere' }, 'any'],
  '/silence/list': [undefined, 'ok'],
  '/silence/preview': [{ matchers: 'service="shop"' }, 'ok'],
  '/silence/create': [{ matchers: 'service="nowhere"', comment: 'x', durationMs: 60_000 }, 'ok'],
  '/silence/renew': [{ id: 'nowhere', durationMs: 60_000 }, 'NOT_FOUND'],
  '/silence/expire': [{ id: 'nowhere' }, 'NOT_FOUND'],
  '/trace/search': [{ fromAt: 0, toAt: 1 }, 'ok'],
  '/trace/spans': [{ traceId: 'nowhere' }, 'ok'],
  '/trace/facets': [{ fromAt: 0, toAt: 1 }, 'ok'],
  '/silence/planMaintenance': [{ config: {} }, 'ok'],
  '/alert/deliveries': [{ text: '', state: 'all' }, 'ok'],
  '/demo/state': [undefined, 'ok'],
  '/demo/inject': [{ kind: 'latency' }, 'REFUSED'],
  '/demo/clear': [{ id: 'nowhere' }, 'REFUSED'],
};

const paths = Object.entries(contract).flatMap(([domain, calls]) =>
  Object.keys(calls).map((name) => `/${domain}/${name}`),
);

describe('the contract over the port of a page', () => {
  it('is asked whole: a request that is added to it must be added here', () => {
    expect(Object.keys(requests).toSorted()).toEqual(paths.toSorted());
  });

  it.each(Object.entries(requests))('answers %s', async (path, [input, expected]) => {
    await until('the target was seen', () => target.scrapes() > 1);
    const answer = await askOverPort(desktop.page, path, input);
    const got = answer.binary ? 'binary' : (answer.code ?? 'ok');
    if (expected === 'any') expect(got).not.toMatch(/No procedure|INTERNAL/);
    else expect({ path, got }).toEqual({ path, got: expected });
  });

  it('refuses what does not fit the schema, and knows no other procedure', async () => {
    expect(await askOverPort(desktop.page, '/incident/addNote', { id: 'x', text: '' })).toMatchObject({
      code: 'BAD_REQUEST',
    });
    expect(await askOverPort(desktop.page, '/shell/run', { command: 'id' })).toMatchObject({ status: 404 });
  });
});
