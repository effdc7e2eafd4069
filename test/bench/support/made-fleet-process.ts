import { join } from 'node:path';
import { type MeasuredProcess, startMeasured } from './measured-process.ts';

const START_MS = 10_000;

/** The made fleet in a process of its own, so that serving it takes nothing from what is measured but its core. */
export interface RunningMadeFleet {
  readonly process: MeasuredProcess;
  readonly address: string;
  readonly series: number;
}

export async function startMadeFleet(series: number, seed: number): Promise<RunningMadeFleet> {
  const entry = join(import.meta.dirname, 'exposition.main.ts');
  const process = startMeasured({ args: [entry, String(series), String(seed)] });
  const said = await new Promise<{ port: number; series: number }>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`The made fleet did not start:\n${process.output()}`)),
      START_MS,
    );
    process.child.once('message', (message) => {
      clearTimeout(late);
      resolve(message as { port: number; series: number });
    });
  });
  return { process, address: `http://127.0.0.1:${said.port}`, series: said.series };
}
