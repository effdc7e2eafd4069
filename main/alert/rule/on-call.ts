/** Whom a schedule names now; null where the receiver is no schedule. */
export type AskOnCall = (
  receiver: string,
) => { readonly person: string | null; readonly said: string } | null;

export interface Resolved {
  readonly receivers: readonly string[];
  /** `on_call_engineer is anna (rotation primary)`, for each schedule. */
  readonly said: readonly string[];
}

/** Schedules become people. Where nobody is on call the page keeps the schedule's name, so that it is not lost. */
export function resolveReceivers(receivers: readonly string[], ask: AskOnCall): Resolved {
  const found: string[] = [];
  const said: string[] = [];
  for (const receiver of receivers) {
    const answer = ask(receiver);
    found.push(answer?.person ?? receiver);
    if (answer) said.push(answer.said);
  }
  return { receivers: [...new Set(found)], said };
}
