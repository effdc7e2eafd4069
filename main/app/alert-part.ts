import type { Workspace } from '../../shared/config/workspace.ts';
import type { AlertPart } from '../api/index.ts';
import type { Pipeline } from '../pipeline/index.ts';
import type { Clock } from '../platform/index.ts';
import { firedOf } from './fired.ts';
import { onCallNow } from './on-call-look.ts';
import type { Threads } from './threads.ts';

/** What the requests about alerts need. */
export function alertPart(
  { pipeline }: { readonly pipeline: Pick<Pipeline, 'people'> },
  threads: Pick<Threads, 'log'>,
  clock: Pick<Clock, 'now'>,
  workspace: () => Pick<Workspace, 'routing'>,
): AlertPart {
  return {
    log: threads.log.call,
    people: pipeline.people,
    fired: (question) => firedOf(threads.log.call, question),
    onCall: () => onCallNow(workspace().routing, clock.now()),
  };
}
