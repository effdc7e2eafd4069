/**
 * Postmortems: a first draft from the timeline, the evidence and the playbook run, with no network and no invention;
 * then a person's words, saved as they are written, beside drafts that follow the incident until somebody changes them.
 * Exported as Markdown with its charts as SVG files beside it.
 */
export { sectionQuestion } from './draft.ts';
export type { Written } from './merge.ts';
export {
  createPostmortems,
  type ExportedPostmortem,
  type PostmortemDeps,
  type Postmortems,
} from './postmortems.ts';
