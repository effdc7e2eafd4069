import { useEffect, useRef } from 'react';
import { createExpressionEditor, type EditorWishes, type ExpressionEditor } from './editor-view.ts';
import styles from './signal.module.css';
import { useSignals } from './signals.tsx';

export interface EditorProps extends EditorWishes {
  text: string;
  label: string;
}

/** Where an expression is written: completion, what words mean, and mistakes at their place. */
export function Editor(props: EditorProps) {
  const { text, label, source, failure } = props;
  const { lookup } = useSignals();
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<ExpressionEditor | null>(null);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    if (!host.current) return;
    editor.current = createExpressionEditor(
      host.current,
      latest.current.text,
      label,
      lookup,
      () => latest.current,
    );
    return () => {
      editor.current?.destroy();
      editor.current = null;
    };
  }, [label, lookup]);
  useEffect(() => editor.current?.setText(text), [text]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another source or failure means other mistakes.
  useEffect(() => editor.current?.recheck(), [source, failure]);

  return <div ref={host} className={styles.editor} data-expression />;
}
