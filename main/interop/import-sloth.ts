import { z } from 'zod';
import {
  type ForeignDocument,
  firstIssue,
  type Imported,
  type ImportedFile,
  nameOf,
  nameUnread,
  readForeign,
} from './imported.ts';
import { ratioDocument } from './slo-document.ts';

const Alerting = z
  .looseObject({
    page_alert: z.looseObject({ disable: z.boolean().optional() }).optional(),
    ticket_alert: z.looseObject({ disable: z.boolean().optional() }).optional(),
  })
  .optional();

const Slo = z.looseObject({
  name: z.string(),
  objective: z.number().gt(0).lt(100),
  description: z.string().optional(),
  sli: z.looseObject({
    events: z.looseObject({ error_query: z.string(), total_query: z.string() }).optional(),
  }),
  alerting: Alerting,
});

/** Each SLO is read by itself, so that one that is wrong keeps none of the others away. */
const SlothFile = z.looseObject({
  version: z.literal('prometheus/v1'),
  service: z.string(),
  slos: z.array(z.unknown()),
});

/** Sloth's default period, and the policy that is literally its own. */
const PERIOD = '30d';
const POLICY = 'sre-workbook';

/**
 * Sloth's `prometheus/v1` files. Its four burn rows are the policy `sre-workbook`; the labels and annotations of its
 * alerts are not Midwatch's to route by, and are named.
 */
export function importSloth(text: string, file: string): Imported {
  const { documents, left } = readForeign(text, file);
  const files = documents.flatMap(({ value, at }) => {
    const read = SlothFile.safeParse(value);
    if (!read.success) {
      left.push(notTaken(read.error, [], at));
      return [];
    }
    const { service, slos } = read.data;
    nameUnread(read.data, ['version', 'service', 'slos'], { at, path: [], of: '' }, left);
    return slos.flatMap((slo, index) => fromSlo(slo, index, service, at, left));
  });
  return { files, left };
}

function fromSlo(
  value: unknown,
  index: number,
  service: string,
  at: ForeignDocument['at'],
  left: string[],
): ImportedFile[] {
  const path = ['slos', index];
  const read = Slo.safeParse(value);
  if (!read.success) {
    left.push(notTaken(read.error, path, at));
    return [];
  }
  const slo = read.data;
  const { events } = slo.sli;
  if (!events) {
    left.push(
      `${at([...path, 'sli'])}: ${slo.name}: an SLI without events (raw or plugin) counts none; left out.`,
    );
    return [];
  }
  nameUnread(
    slo,
    ['name', 'objective', 'description', 'sli', 'alerting'],
    { at, path, of: `${slo.name}: ` },
    left,
  );
  noteAlerting(slo.alerting, slo.name, (part) => at([...path, 'alerting', ...part]), left);
  const name = nameOf(`${service}-${slo.name}`);
  const document = ratioDocument({
    name,
    title: slo.name,
    service: nameOf(service),
    description: slo.description,
    period: PERIOD,
    // 99.9 is 0.999 and not 0.9990000000000001.
    target: Number((slo.objective / 100).toPrecision(12)),
    policy: POLICY,
    good: undefined,
    bad: events.error_query,
    total: events.total_query,
  });
  return [{ name: `slos/${name}.yaml`, text: document }];
}

function notTaken(error: z.ZodError, path: readonly (string | number)[], at: ForeignDocument['at']): string {
  const issue = firstIssue(error);
  const whole = [...path, ...issue.path];
  return `${at(whole)}: not taken over: ${whole.join('.')}: ${issue.message}`;
}

function noteAlerting(
  alerting: z.infer<typeof Alerting>,
  name: string,
  at: (part: readonly string[]) => string,
  left: string[],
): void {
  for (const part of Object.keys(alerting ?? {}))
    if (part !== 'name' && part !== 'page_alert' && part !== 'ticket_alert')
      left.push(`${at([part])}: ${name}: ${part} of its alerts are not carried over; priority routes here.`);
  for (const part of ['page_alert', 'ticket_alert'] as const) {
    const alert = alerting?.[part];
    if (!alert) continue;
    if (alert.disable === true)
      left.push(`${at([part])}: ${name}: ${part} is disabled there; the policy's rows are all watched here.`);
    else if (Object.keys(alert).length > 0)
      left.push(
        `${at([part])}: ${name}: labels and annotations of ${part} are not carried over; priority routes here.`,
      );
  }
}
