import { err, ok } from '../../../shared/error/result.ts';
import { parseInstant } from '../instant.ts';
import { isObject, type JsonObject, objectOf, parseJson, textOf } from '../json.ts';
import { readLabelSet } from '../label-set.ts';
import {
  type Decoder,
  NOTHING_RECEIVED,
  type ReceivedAlert,
  type ReceiveLimits,
  type ReceiveProblem,
  type Refusal,
} from '../received.ts';
import { refusalText, Tally } from '../tally.ts';

/** The version of the message that Alertmanager has sent since 0.5 (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config). */
const VERSION = '4';
const ANNOTATION_LENGTH_MAX = 16_384;
const URL_LENGTH_MAX = 8_192;

/** Alertmanager's webhook. A bad alert among good ones is left out and named; the good ones are taken. */
export function createAlertWebhookDecoder(): Decoder {
  return (request) => {
    const parsed = parseJson(request.body, request.limits.depthMax);
    if (!parsed.ok) return refuse(parsed.error);
    const message = parsed.value;
    if (!isObject(message) || !Array.isArray(message.alerts)) return refuse('it has no list of alerts');
    if (message.version !== VERSION)
      return refuse(`it is not version ${VERSION} of Alertmanager's webhook message`);
    const refused = new Tally();
    const alerts: ReceivedAlert[] = [];
    for (const one of message.alerts as unknown[]) {
      const alert = isObject(one) ? readAlert(one, request.limits) : 'an alert that is no object';
      if (typeof alert === 'string') refused.add(alert);
      else alerts.push(alert);
    }
    const truncated = message.truncatedAlerts;
    if (typeof truncated === 'number' && truncated > 0)
      refused.add('alerts that Alertmanager itself cut off (max_alerts)', truncated);
    const left = refused.list();
    if (alerts.length === 0 && left.length > 0)
      return refuse(`no alert of it can be used: ${refusalText(left)}`);
    return ok({
      received: { ...NOTHING_RECEIVED, alerts, refused: left },
      answer: answerOf(alerts.length, left),
    });
  };
}

function readAlert(one: JsonObject, limits: ReceiveLimits): ReceivedAlert | string {
  const labels = readLabelSet(objectOf(one, 'labels') ?? {}, limits);
  if (typeof labels === 'string') return labels;
  if (Object.keys(labels).length === 0) return 'an alert without labels';
  const { status } = one;
  if (status !== 'firing' && status !== 'resolved') return 'an alert that neither fires nor is resolved';
  const startsAt = parseInstant(textOf(one, 'startsAt') ?? '');
  if (startsAt === undefined || startsAt <= 0) return 'an alert without the time of its start';
  const endsAt = parseInstant(textOf(one, 'endsAt') ?? '');
  return {
    labels,
    annotations: annotationsOf(objectOf(one, 'annotations') ?? {}, limits.labelsMax),
    status,
    startsAt,
    // Go's zero time, year 1, stands for *not yet*; a firing alert's end is only when it would be forgotten.
    endsAt: status === 'resolved' && endsAt !== undefined && endsAt >= startsAt ? endsAt : null,
    generatorUrl: textOf(one, 'generatorURL')?.slice(0, URL_LENGTH_MAX) ?? null,
  };
}

/** Annotations are prose: too long a one is cut, which labels, being an identity, must never be. */
function annotationsOf(object: JsonObject, countMax: number): Record<string, string> {
  const annotations: Record<string, string> = Object.create(null);
  for (const name of Object.keys(object).slice(0, countMax)) {
    const value = textOf(object, name);
    if (value !== undefined && name !== '' && name !== '__proto__')
      annotations[name.slice(0, 512)] = value.slice(0, ANNOTATION_LENGTH_MAX);
  }
  return annotations;
}

function answerOf(taken: number, refused: readonly Refusal[]) {
  return {
    status: 200 as const,
    headers: { 'Content-Type': 'application/json' },
    body: Buffer.from(JSON.stringify({ taken, refused })),
  };
}

function refuse(clause: string): { readonly ok: false; readonly error: ReceiveProblem } {
  return err({
    status: 400,
    message: `This is no alert webhook that Midwatch reads: ${clause}. Nothing of it was taken; point Alertmanager's webhook_configs here.`,
  });
}
