import { isDefinedError, safe } from '@orpc/client';
import type { Collections } from '../../../shared/contract/state.ts';
import { CodedError } from '../../../shared/error/coded.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { createWindowClient, type WindowClient } from '../node/index.ts';
import type { Served } from './serve.ts';
import type { Terminal } from './terminal.ts';

/** How long each part of the loop may take before the run counts as failed. */
const WATCHING_MS = 20_000;
const NOTIFIED_MS = 60_000;
const MITIGATED_MS = 60_000;
const RECOVERED_MS = 60_000;

/**
 * The closed loop, unattended: a fault, its detection, the notification, the incident, the playbook that really rolls
 * the model back, the recovery, and the postmortem draft on disk. It acts through the same requests as a window.
 */
export async function smoke(served: Served, terminal: Terminal): Promise<number> {
  const client = await createWindowClient(served.server, served.log, (page) =>
    terminal.say(`           page         ${page.title}. ${page.body}`),
  );
  try {
    return await loop(client, terminal);
  } catch (thrown) {
    if (!(thrown instanceof CodedError)) throw thrown;
    terminal.complain(`\nsmoke: ${thrown.message}`);
    return 1;
  } finally {
    await client.close();
  }
}

async function loop(client: WindowClient, terminal: Terminal): Promise<number> {
  const { call, until } = client;
  const startedAt = Date.now();
  let brokenAt = startedAt;
  const say = (what: string, detail: string) =>
    terminal.say(`${since(startedAt)}  ${what.padEnd(12)} ${detail}`);
  await until(
    'objectives',
    WATCHING_MS,
    'the objectives were never evaluated',
    (one) => one.objective.id === 'gateway-availability' && one.state === 'ok',
  );
  say('watching', 'gateway-availability is ok');

  brokenAt = Date.now();
  await call.demo.inject({ kind: 'bad-model' });
  say('fault', 'a bad model is deployed to ranking-model');
  const alert = await until(
    'alerts',
    NOTIFIED_MS,
    'no alert fired',
    (one) => one.phase === 'firing' && one.kind === 'burn' && one.priority === 'P0',
  );
  say(
    'detected',
    `after ${formatDuration((alert.firedAt ?? Date.now()) - brokenAt)}: ${alert.title}. ${alert.reason}`,
  );
  const delivery = await until(
    'deliveries',
    NOTIFIED_MS,
    'no notification was sent',
    (one) => one.state === 'sent' && one.alertIds.includes(alert.id),
  );
  const notifiedMs = (delivery.sentAt ?? Date.now()) - brokenAt;
  say('notified', `after ${formatDuration(notifiedMs)}: ${delivery.receiver} by ${delivery.kind}`);
  const incident = await until('incidents', NOTIFIED_MS, 'no incident was opened', (one) =>
    one.alertIds.includes(alert.id),
  );
  say('incident', `${incident.name} ${incident.severity}: ${incident.title}`);
  await call.incident.acknowledge({ id: incident.id });
  say('acknowledged', incident.name);

  await mitigate(client, incident, say);
  const recovered = await until(
    'incidents',
    RECOVERED_MS,
    'the incident did not recover',
    (one) => one.id === incident.id && one.recoveredAt !== null,
  );
  say(
    'recovered',
    `error rate under budget for 3 polls, ${formatDuration((recovered.recoveredAt ?? Date.now()) - brokenAt)} after the fault`,
  );
  const exported = await call.postmortem.exportMarkdown({ incidentId: incident.id });
  say('postmortem', exported.path);
  if (notifiedMs > 15_000)
    throw new CodedError('smoke-slow', `The notification took ${formatDuration(notifiedMs)}, over 15 s.`);
  terminal.say('\nThe loop is closed.');
  return 0;
}

async function mitigate(
  { call, until }: WindowClient,
  incident: Collections['incidents'],
  say: (what: string, detail: string) => void,
): Promise<void> {
  const playbookId = incident.playbookId ?? 'model-degraded';
  let run = await call.playbook.start({ incidentId: incident.id, playbookId });
  const startedAt = Date.now();
  while (run.nextStep !== null && run.endedAt === null && Date.now() - startedAt < MITIGATED_MS) {
    const before = run.steps.map((step) => step.phase);
    const all = [...run.playbook.diagnosis, ...run.playbook.mitigation];
    run = await runNext(call, run);
    for (const [index, step] of run.steps.entries()) {
      if (step.phase !== before[index] && step.phase !== 'waiting')
        say('step', `${all[index]?.title ?? step.stepId}: ${step.phase}. ${step.reason ?? ''}`);
    }
    if (run.steps.some((step) => step.phase === 'failed' || step.phase === 'unknown')) break;
  }
  const done = run.steps.find((step) => step.section === 'mitigation' && step.phase === 'done');
  if (!done) throw new CodedError('smoke-not-mitigated', 'No mitigation step of the playbook was done.');
  await until('runs', MITIGATED_MS, 'the run did not arrive in the window', (one) => one.id === run.id);
}

/** Runs the next step whose condition holds; types the name it asks for, as a person would after reading the request. */
async function runNext(call: WindowClient['call'], run: Collections['runs']): Promise<Collections['runs']> {
  const first = await safe(call.playbook.runNext({ runId: run.id }));
  if (first.isSuccess) return first.data;
  if (!isDefinedError(first.error) || first.error.code !== 'CONFIRMATION_NEEDED') throw first.error;
  const { stepId, type } = first.error.data;
  return call.playbook.runNext({ runId: run.id, confirmation: { stepId, typed: type } });
}

function since(startedAt: number): string {
  return `${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`;
}
