import { err, ok, type Result } from '../../shared/error/result.ts';
import type { Api } from '../transport/api.ts';
import { type Failure, failureOf, UNREACHABLE } from './failure.ts';
import type { UiActions, UiStore } from './ui.ts';

/** Asks the core. What goes wrong is a Result; `say` shows it, `quiet` leaves that to the caller. */
export interface Requests {
  /** Busy under the given key; a failure becomes a toast. `about` names what it is of, where that may take long. */
  say<Answer>(
    key: string,
    run: (api: Api) => Promise<Answer>,
    about?: string,
  ): Promise<Result<Answer, Failure>>;
  /** Whether a request under this key is under way. */
  isBusy(key: string): boolean;
  quiet<Answer>(run: (api: Api) => Promise<Answer>): Promise<Result<Answer, Failure>>;
}

export function createRequests(api: () => Api | null, ui: UiStore, actions: UiActions): Requests {
  const attempt = async <Answer>(
    run: (api: Api) => Promise<Answer>,
    acting: boolean,
  ): Promise<Result<Answer, Failure>> => {
    const line = api();
    if (!line) return err(UNREACHABLE);
    try {
      return ok(await run(line));
    } catch (thrown) {
      return err(failureOf(thrown, acting));
    }
  };
  const busy = (key: string, on: boolean) =>
    ui.setState((state) => {
      const next = new Set(state.busy);
      if (on) next.add(key);
      else next.delete(key);
      return { busy: next };
    });
  return {
    isBusy: (key) => ui.getState().busy.has(key),
    quiet: (run) => attempt(run, false),
    say: async (key, run, about = '') => {
      busy(key, true);
      const result = await attempt(run, true);
      busy(key, false);
      if (!result.ok && result.error.confirmation === null)
        actions.toast('problem', `${about}${result.error.text}`);
      return result;
    },
  };
}
