import { oc } from '@orpc/contract';
import { z } from 'zod';
import { Postmortem, SectionId } from '../model/postmortem.ts';
import { contractErrors } from './error.ts';

const base = oc.errors(contractErrors);
const IncidentId = z.object({ incidentId: z.string().max(200) });

export const postmortemContract = {
  /** The draft; the first call writes it from the timeline and the evidence. */
  get: base.input(IncidentId).output(Postmortem),
  /** Saves what a person wrote. `revision` is the one that was read; another one answers STALE. */
  save: base
    .input(
      IncidentId.extend({
        revision: z.number().int(),
        title: z.string().min(1).max(300),
        sections: z.array(z.object({ id: SectionId, text: z.string().max(100_000) })),
      }),
    )
    .output(Postmortem),
  /** Writes Markdown and charts into the data folder; answers where, and the Markdown itself. */
  exportMarkdown: base
    .input(IncidentId)
    .output(z.object({ path: z.string(), files: z.array(z.string()), markdown: z.string() })),
};
