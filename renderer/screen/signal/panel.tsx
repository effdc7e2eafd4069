import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { BoardPanel } from '../../../shared/model/board.ts';
import type { MarkWish } from '../../state/signal-marks.ts';
import { sourceOf, usePanelAnswer } from '../../state/signal-panel.ts';
import { type SignalView, withPanel } from '../../state/signal-view.ts';
import { useCore } from '../../state/use-core.tsx';
import { Editor } from './editor.tsx';
import type { EditorFailure } from './editor-view.ts';
import { PanelBody } from './panel-body.tsx';
import { PanelHead } from './panel-head.tsx';
import { PanelStatus } from './panel-status.tsx';
import styles from './signal.module.css';
import { useSignals } from './signals.tsx';

export interface PanelProps {
  view: SignalView;
  index: number;
  panel: BoardPanel;
  sources: readonly string[];
  marks: MarkWish;
}

/** Charts follow the window's width in steps, so that a drag of its edge does not ask a hundred times. */
const WIDTH_STEP_PX = 100;
const PINS_MAX = 40;

/** One expression: its editor, what can be said of the answer, and the answer. */
export function Panel({ view, index, panel, sources, marks }: PanelProps) {
  const core = useCore();
  const { answers } = useSignals();
  const draft = useStore(core.signal.store, (state) => state.drafts.get(index));
  const runs = useStore(core.signal.store, (state) => state.runs);
  const [pinned, setPinned] = useState<readonly string[]>([]);
  const [tab, setTab] = useState<'chart' | 'table'>('chart');
  const isEmpty = panel.expression === '';
  // Whatever is asked next is another question: it is drawn first.
  useEffect(() => {
    if (isEmpty) setTab('chart');
  }, [isEmpty]);
  const { ref, widthPx } = useWidth();
  const source = sourceOf(panel, sources);
  const wish = { panel, source, range: view.range, stepMs: view.stepMs, widthPx, pinned, runs };
  const asked = usePanelAnswer(answers, wish);
  const { answer } = asked;
  const failure = useMemo(
    () => failureAt(panel.expression, answer.failure),
    [panel.expression, answer.failure],
  );
  const change = (part: Partial<BoardPanel>) => core.signal.show(withPanel(core.signal.view(), index, part));
  const name = panel.title || `Panel ${index + 1}`;
  return (
    <section className={styles.panel} aria-label={name} data-panel={index}>
      <PanelHead
        panel={panel}
        index={index}
        source={source}
        sources={sources}
        tab={tab}
        onTab={setTab}
        onChange={change}
      />
      <Editor
        text={draft ?? panel.expression}
        label={`Expression of ${name.toLowerCase()}`}
        source={source}
        failure={failure}
        onType={(text) => core.signal.type(index, text)}
        onRun={core.signal.run}
      />
      <div ref={ref}>
        {!isEmpty && (
          <>
            <PanelStatus
              answer={answer}
              source={source}
              draft={draft !== undefined && draft.trim() !== panel.expression}
              onCancel={() => answers.cancel(asked.key)}
              onRetry={core.signal.run}
            />
            <PanelBody
              view={view}
              panel={panel}
              source={source}
              asked={asked}
              tab={tab}
              marks={marks}
              pinned={pinned}
              onPin={(series) =>
                setPinned((now) =>
                  now.includes(series)
                    ? now.filter((one) => one !== series)
                    : [...now.slice(1 - PINS_MAX), series],
                )
              }
            />
          </>
        )}
      </div>
    </section>
  );
}

function failureAt(
  expression: string,
  failure: { text: string; position?: { from: number; to: number } } | null,
): EditorFailure | null {
  return failure?.position ? { expression, text: failure.text, position: failure.position } : null;
}

/** The width that the charts have, in coarse steps; 0 before it is known. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [widthPx, setWidthPx] = useState(0);
  useEffect(() => {
    const place = ref.current;
    if (!place) return;
    const read = () =>
      setWidthPx(Math.max(WIDTH_STEP_PX, Math.ceil(place.clientWidth / WIDTH_STEP_PX) * WIDTH_STEP_PX));
    read();
    const observer = new ResizeObserver(read);
    observer.observe(place);
    return () => observer.disconnect();
  }, []);
  return { ref, widthPx };
}
