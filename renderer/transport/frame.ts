import type { StateChange, StateFrame } from '../../shared/contract/state.ts';

/** Where the window stands in the core's numbering; null before the first snapshot. */
export type FramePosition = { readonly epoch: string; readonly seq: number } | null;

/** What to do with a frame: take it over whole, apply it, note that the core lives, or ask for a new snapshot. */
export type FrameVerdict =
  | Taken<'replace'>
  | Taken<'apply'>
  | { readonly kind: 'alive'; readonly position: FramePosition }
  | { readonly kind: 'resync'; readonly reason: string };

interface Taken<Kind extends string> {
  readonly kind: Kind;
  readonly changes: readonly StateChange[];
  readonly position: FramePosition;
  /** Things of the snapshot that are still to come; null where the frame says nothing of them. */
  readonly rest: number | null;
}

/** A patch must carry the next number of the same epoch, a beat and a part of the snapshot the present one; all else is a hole. */
export function judgeFrame(position: FramePosition, frame: StateFrame): FrameVerdict {
  const next = { epoch: frame.epoch, seq: frame.seq };
  if (frame.kind === 'snapshot')
    return { kind: 'replace', changes: frame.changes, position: next, rest: frame.rest };
  if (position === null) return { kind: 'resync', reason: `a ${frame.kind} came before the first snapshot` };
  if (frame.epoch !== position.epoch) return { kind: 'resync', reason: 'the core has started anew' };
  const expected = frame.kind === 'patch' ? position.seq + 1 : position.seq;
  if (frame.seq !== expected)
    return { kind: 'resync', reason: `expected number ${expected}, the ${frame.kind} has ${frame.seq}` };
  if (frame.kind === 'beat') return { kind: 'alive', position: next };
  const rest = frame.kind === 'part' ? frame.rest : null;
  return { kind: 'apply', changes: frame.changes, position: next, rest };
}
