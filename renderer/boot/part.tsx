import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { messageOf } from '../../shared/error/coded.ts';
import { Button } from '../ui/button.tsx';
import { Problem, Skeleton } from '../ui/state.tsx';

/** A part, whatever it draws. */
export interface Loadable {
  now(): unknown;
  /** Loads the file; one that failed is tried again. */
  load(): Promise<void>;
}

/** A part of the window with a file of its own, which the window's start does not wait for. */
export interface Part<Props> extends Loadable {
  /** The component, once its file is here. */
  now(): ComponentType<Props> | null;
}

export function partOf<Props>(read: () => Promise<ComponentType<Props>>): Part<Props> {
  let here: ComponentType<Props> | null = null;
  let coming: Promise<void> | null = null;
  const begin = async () => {
    try {
      here = await read();
    } catch (thrown) {
      coming = null;
      throw thrown;
    }
  };
  return {
    now: () => here,
    load: () => {
      coming ??= begin();
      return coming;
    },
  };
}

/** Whether a part can be drawn; a part that is not here is loaded, and the caller is drawn anew when it is. */
export function usePart(part: Loadable | null): 'here' | 'coming' | { problem: string } {
  const [failed, setFailed] = useState<{ part: unknown; problem: string } | null>(null);
  const [, drawAnew] = useState(0);
  const isHere = part === null || part.now() !== null;
  useEffect(() => {
    if (isHere || part === null) return;
    let wanted = true;
    part.load().then(
      () => wanted && drawAnew((count) => count + 1),
      (thrown: unknown) => wanted && setFailed({ part, problem: messageOf(thrown) }),
    );
    return () => {
      wanted = false;
    };
  }, [part, isHere]);
  if (isHere) return 'here';
  return failed?.part === part && failed ? { problem: failed.problem } : 'coming';
}

/** What stands in the place of a screen that is not here yet, or that cannot be had. */
export function PartPlace({ problem }: { problem: string | null }): ReactNode {
  if (problem === null)
    return (
      <main tabIndex={-1}>
        <Skeleton rows={6} label="Loading the screen" />
      </main>
    );
  return (
    <main tabIndex={-1}>
      <div className="empty-place">
        <Problem
          title="This screen could not be loaded"
          actions={<Button onPress={() => globalThis.location.reload()}>Reload the window</Button>}
        >
          <p>
            {problem.replace(/\.?$/, '.')} Midwatch may have been ended or replaced by another version; the
            screens that were loaded go on working. Reload the window once it runs.
          </p>
        </Problem>
      </div>
    </main>
  );
}
