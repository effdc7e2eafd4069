import { CodedError } from '../../shared/error/coded.ts';
import { answering, procedures } from './context.ts';

/** The simulated fleet's controls, as the demo's window sees them. */
export interface FleetControl {
  faults(): Promise<{ id: string; kind: string; service: string | null; endsAt: number }[]>;
  inject(kind: string): Promise<{ id: string; endsAt: number }>;
  clear(id: string): Promise<void>;
}

export interface DemoPart {
  /** Undefined outside the demo: there is nothing to break in a real workspace. */
  readonly fleet: FleetControl | undefined;
}

/** Requests to the demo's fleet. */
export function demoRouter({ fleet }: DemoPart) {
  const at = procedures.demo;
  const needed = () => {
    if (!fleet)
      throw new CodedError('no-demo', 'This is not the demo: Midwatch breaks nothing in a real workspace.');
    return fleet;
  };
  return at.router({
    state: at.state.handler(async ({ errors }) =>
      answering(errors, async () => ({
        available: fleet !== undefined,
        faults: fleet ? await fleet.faults() : [],
      })),
    ),
    inject: at.inject.handler(({ input, errors }) => answering(errors, () => needed().inject(input.kind))),
    clear: at.clear.handler(({ input, errors }) => answering(errors, () => needed().clear(input.id))),
  });
}
