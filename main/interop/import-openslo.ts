import { stringify } from 'yaml';
import { z } from 'zod';
import { OpenSloFile } from '../../shared/config/objective.ts';
import { firstIssue, type Imported, nameOf, readForeign } from './imported.ts';
import { type OpenSloDocument, ratioDocument } from './slo-document.ts';

const Alpha = z.object({
  apiVersion: z.literal('openslo/v1alpha'),
  kind: z.literal('SLO'),
  metadata: z.object({ name: z.string(), displayName: z.string().optional() }),
  spec: z.object({
    service: z.string(),
    description: z.string().optional(),
    objectives: z.array(
      z.object({
        displayName: z.string().optional(),
        target: z.number(),
        ratioMetrics: z
          .object({
            good: z.object({ query: z.string() }).optional(),
            bad: z.object({ query: z.string() }).optional(),
            total: z.object({ query: z.string() }),
          })
          .optional(),
      }),
    ),
    timeWindows: z.array(z.object({ count: z.number(), unit: z.string() })).optional(),
  }),
});
type Alpha = z.infer<typeof Alpha>;

const UNITS: Readonly<Record<string, string>> = { day: 'd', hour: 'h', week: 'w' };

/** OpenSLO v1 as it is, and v1alpha carried over to v1; each document becomes a file. */
export function importOpenSlo(text: string, file: string, policy?: string): Imported {
  const { documents, left } = readForeign(text, file);
  const files = documents.flatMap(({ value, at }) => {
    const alpha = Alpha.safeParse(value);
    if (alpha.success) return fromAlpha(alpha.data, at, left, policy);
    const read = OpenSloFile.safeParse(value);
    if (!read.success) {
      const { path, message } = firstIssue(read.error);
      left.push(`${at(path)}: not taken over: ${path.join('.')}: ${message}`);
      return [];
    }
    // Written as it came: its numbers, names and comments' places are the author's.
    return [
      {
        name: `slos/${nameOf(read.data.metadata.name)}.yaml`,
        text: stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }),
      },
    ];
  });
  return { files, left };
}

function fromAlpha(
  { metadata, spec }: Alpha,
  at: (path: readonly (string | number)[]) => string,
  left: string[],
  policy: string | undefined,
) {
  const [window] = spec.timeWindows ?? [];
  const letter = UNITS[window?.unit.toLowerCase() ?? 'day'];
  if (letter === undefined) {
    left.push(
      `${at(['spec', 'timeWindows', 0])}: a period in ${window?.unit} is not taken over; use days or weeks.`,
    );
    return [];
  }
  const period = window ? `${window.count}${letter}` : '28d';
  const several = spec.objectives.length > 1;
  return spec.objectives.flatMap((one, index) => {
    if (!one.ratioMetrics) {
      left.push(
        `${at(['spec', 'objectives', index])}: no ratioMetrics, so nothing can be counted; left out.`,
      );
      return [];
    }
    const { good, bad, total } = one.ratioMetrics;
    const name = nameOf(several ? `${metadata.name}-${index + 1}` : metadata.name);
    const document: OpenSloDocument = {
      name,
      title: metadata.displayName ?? metadata.name,
      service: nameOf(spec.service),
      description: spec.description,
      period,
      target: one.target,
      policy,
      good: good?.query,
      bad: good ? undefined : bad?.query,
      total: total.query,
    };
    return [{ name: `slos/${name}.yaml`, text: ratioDocument(document) }];
  });
}
