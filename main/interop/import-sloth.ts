import { z } from 'zod';
import { type Imported, nameOf, readForeign } from './imported.ts';
import { ratioDocument } from './slo-document.ts';

const Alerting = z
  .object({
    name: z.string().optional(),
    page_alert: z.looseObject({ disable: z.boolean().optional() }).optional(),
    ticket_alert: z.looseObject({ disable: z.boolean().optional() }).optional(),
  })
  .optional();

const SlothFile = z.object({
  version: z.literal('prometheus/v1'),
  service: z.string(),
  slos: z.array(
    z.object({
      name: z.string(),
      objective: z.number(),
      description: z.string().optional(),
      sli: z.object({
        events: z.object({ error_query: z.string(), total_query: z.string() }).optional(),
        raw: z.unknown().optional(),
        plugin: z.unknown().optional(),
      }),
      alerting: Alerting,
    }),
  ),
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
      const [issue] = read.error.issues;
      const path = (issue?.path ?? []).filter((one) => typeof one !== 'symbol');
      left.push(`${at(path)}: not taken over: ${path.join('.')}: ${issue?.message ?? 'not a Sloth file'}`);
      return [];
    }
    const { service, slos } = read.data;
    return slos.flatMap((slo, index) => {
      const { events } = slo.sli;
      const path = ['slos', index];
      if (!events) {
        left.push(
          `${at([...path, 'sli'])}: ${slo.name}: an SLI without events (raw or plugin) counts none; left out.`,
        );
        return [];
      }
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
    });
  });
  return { files, left };
}

function noteAlerting(
  alerting: z.infer<typeof Alerting>,
  name: string,
  at: (part: readonly string[]) => string,
  left: string[],
): void {
  for (const part of ['page_alert', 'ticket_alert'] as const) {
    const alert = alerting?.[part];
    if (!alert) continue;
    if (alert.disable)
      left.push(`${at([part])}: ${name}: ${part} is disabled there; the policy's rows are all watched here.`);
    else if (Object.keys(alert).length > 0)
      left.push(
        `${at([part])}: ${name}: labels and annotations of ${part} are not carried over; priority routes here.`,
      );
  }
}
