import { z } from 'zod';

export const SectionId = z.enum([
  'summary',
  'impact',
  'timeline',
  'detection',
  'root-cause',
  'contributing-factors',
  'went-well',
  'went-poorly',
  'got-lucky',
  'action-items',
]);
export type SectionId = z.infer<typeof SectionId>;

export const PostmortemSection = z.object({
  id: SectionId,
  title: z.string(),
  /** Markdown. */
  text: z.string(),
  /** `drafted` by Midwatch from what it knows, `written` once a person changed it, `empty` where nothing is known. */
  origin: z.enum(['drafted', 'written', 'empty']),
});
export type PostmortemSection = z.infer<typeof PostmortemSection>;

export const Postmortem = z.object({
  incidentId: z.string(),
  title: z.string(),
  revision: z.number().int(),
  draftedAt: z.number(),
  savedAt: z.number(),
  sections: z.array(PostmortemSection),
});
export type Postmortem = z.infer<typeof Postmortem>;
