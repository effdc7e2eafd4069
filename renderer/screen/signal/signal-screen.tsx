import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { sourcesToAsk } from '../../state/signal-panel.ts';
import { viewOf } from '../../state/signal-view.ts';
import { useCollection, useCore } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/state.tsx';
import { Aside } from './aside.tsx';
import { Panel } from './panel.tsx';
import styles from './signal.module.css';
import { SignalsProvider } from './signals.tsx';
import { Toolbar } from './toolbar.tsx';

const ALL_MARKS = { incidents: true, deployments: true, changePoints: true, bounds: true };

/** PromQL over every source: panels under each other that share their time and their crosshair. */
export function SignalScreen({ view: text }: { view: string }) {
  const core = useCore();
  const view = useMemo(() => viewOf(text), [text]);
  const { byId } = useCollection('sources');
  const names = [...byId.values()].map((one) => `${one.kind} ${one.id}`).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: sources change at each poll, their names seldom.
  const sources = useMemo(() => sourcesToAsk(byId.values()), [names]);
  const aside = useStore(core.signal.store, (state) => state.aside);
  const [marks, setMarks] = useState(ALL_MARKS);
  const isEmpty = view.panels.length === 1 && view.panels[0]?.expression === '';
  return (
    <SignalsProvider>
      <main className={styles.main} tabIndex={-1} data-aside={aside ?? undefined}>
        <section className="pane" aria-label="Signals">
          <Toolbar view={view} marks={marks} onMarks={setMarks} />
          {view.panels.map((panel, index) => {
            // A panel is what stands at its place of a board: its expression changes, its editor stays.
            const key = `${view.board ?? ''}:panel-${index}`;
            return (
              <Panel key={key} view={view} index={index} panel={panel} sources={sources} marks={marks} />
            );
          })}
          {isEmpty && <Begin />}
        </section>
        <Aside view={view} sources={sources} />
      </main>
    </SignalsProvider>
  );
}

function Begin() {
  const core = useCore();
  return (
    <Empty
      glyph="found"
      title="Ask for a signal"
      actions={
        <>
          <Button caps={['b']} onPress={() => core.signal.open('catalogue')}>
            Browse the catalogue
          </Button>
          <Button caps={['n']} onPress={() => core.signal.open('build')}>
            Build from a metric
          </Button>
        </>
      }
    >
      <p>
        Write a PromQL expression above, take a signal from the catalogue, or choose a metric and how to add
        it up. Saved boards are opened at the top.
      </p>
    </Empty>
  );
}
