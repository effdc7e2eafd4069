import type { Postmortems } from '../postmortem/index.ts';
import { answering, procedures } from './context.ts';

export interface PostmortemPart {
  readonly postmortems: Postmortems;
  /** Where exports are written. */
  readonly exportFolder: string;
}

/** Requests about postmortems. */
export function postmortemRouter({ postmortems, exportFolder }: PostmortemPart) {
  const at = procedures.postmortem;
  return at.router({
    get: at.get.handler(({ input, errors }) => answering(errors, () => postmortems.ensure(input.incidentId))),
    save: at.save.handler(({ input, context, errors }) =>
      answering(errors, () =>
        postmortems.save(
          input.incidentId,
          input.revision,
          { title: input.title, sections: input.sections },
          context.actor,
        ),
      ),
    ),
    exportMarkdown: at.exportMarkdown.handler(({ input, errors }) =>
      answering(errors, () => postmortems.exportMarkdown(input.incidentId, exportFolder)),
    ),
  });
}
