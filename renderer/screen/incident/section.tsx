import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { PostmortemSection } from '../../../shared/model/postmortem.ts';
import { type Edit, shownText } from '../../state/postmortem-edit.ts';
import { useCore } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Markdown } from '../../ui/markdown.tsx';
import styles from './incident.module.css';

const ORIGIN = { drafted: 'drafted', written: 'written', empty: 'empty' } as const;

export interface SectionProps {
  incidentId: string;
  section: PostmortemSection;
  edit: Edit;
  extra: ReactNode;
}

/** One section: read as text, written as Markdown. */
export function Section({ incidentId, section, edit, extra }: SectionProps) {
  const core = useCore();
  const [writing, setWriting] = useState(false);
  const text = shownText(edit, section);
  const conflict = edit.conflicts.find((one) => one.id === section.id);
  const origin = edit.mine.has(section.id) ? 'written' : section.origin;
  return (
    <section className={styles.section} data-origin={writing ? 'editing' : origin} aria-label={section.title}>
      <h2>
        {section.title} <small>{ORIGIN[origin]}</small>
      </h2>
      {conflict ? (
        <div className={styles.conflict} role="alert">
          <p className="s12 t2">
            Somebody else changed this section since you read it. Keep one, then go on writing.
          </p>
          <div className={styles.versions}>
            <div>
              <h3>Yours</h3>
              <Markdown text={conflict.mine} />
              <Button onPress={() => core.postmortem.choose(incidentId, section.id, conflict.mine)}>
                Keep mine
              </Button>
            </div>
            <div>
              <h3>Theirs</h3>
              <Markdown text={conflict.theirs} />
              <Button onPress={() => core.postmortem.choose(incidentId, section.id, conflict.theirs)}>
                Keep theirs
              </Button>
            </div>
          </div>
        </div>
      ) : writing ? (
        <Writer
          label={section.title}
          text={text}
          onWrite={(next) => core.postmortem.write(incidentId, section.id, next)}
          onDone={() => {
            setWriting(false);
            void core.postmortem.saveNow(incidentId);
          }}
        />
      ) : (
        <div className={styles.passage}>
          {text === '' ? <p className="t3">Nothing yet.</p> : <Markdown text={text} />}
          <button
            type="button"
            className={styles.write}
            data-write-section
            aria-label={`Write: ${section.title}`}
            onClick={() => setWriting(true)}
          />
        </div>
      )}
      {extra}
    </section>
  );
}

function Writer({
  label,
  text,
  onWrite,
  onDone,
}: {
  label: string;
  text: string;
  onWrite: (text: string) => void;
  onDone: () => void;
}) {
  const ref = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    ref.current?.focus();
  }, []);
  // The field is as high as what is written in it, so that the page scrolls and not the field.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useEffect(() => {
    const field = ref.current;
    if (!field) return;
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight + 2}px`;
  }, [text]);
  return (
    <textarea
      ref={ref}
      className={styles.writer}
      aria-label={`${label}, Markdown`}
      value={text}
      maxLength={100_000}
      onChange={(event) => onWrite(event.target.value)}
      onBlur={onDone}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          event.currentTarget.blur();
        }
      }}
    />
  );
}
