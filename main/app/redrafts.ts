import { messageOf } from '../../shared/error/coded.ts';
import type { Logger } from '../platform/index.ts';

/** Drafts postmortems again as their incidents move on: one at a time each, and changes in between make one more. */
export interface Redrafts {
  changed(incidentId: string): void;
  /** When nothing is being drafted. */
  idle(): Promise<void>;
}

export function createRedrafts(refresh: (incidentId: string) => Promise<unknown>, log: Logger): Redrafts {
  /** By incident: whether it has changed again since its draft was begun. */
  const running = new Map<string, { again: boolean; done: Promise<void> }>();
  const draft = async (incidentId: string, state: { again: boolean }) => {
    do {
      state.again = false;
      try {
        await refresh(incidentId);
      } catch (thrown) {
        // The words of people are safe, and the next change drafts again.
        log.warn({ incident: incidentId, problem: messageOf(thrown) }, 'a postmortem was not drafted again');
      }
    } while (state.again);
    running.delete(incidentId);
  };
  return {
    changed(incidentId) {
      const under = running.get(incidentId);
      if (under) {
        under.again = true;
        return;
      }
      const state = { again: false, done: Promise.resolve() };
      running.set(incidentId, state);
      state.done = draft(incidentId, state);
    },
    async idle() {
      while (running.size > 0) await Promise.all([...running.values()].map((one) => one.done));
    },
  };
}
