import type { ReactNode } from 'react';
import type { Pages, Search } from '../../state/pages.ts';
import { useLive } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/state.tsx';
import styles from './why.module.css';

export interface LogViewProps<Kept extends Pages<unknown>> {
  text: string;
  onText: (text: string) => void;
  /** What is searched, for the field's name. */
  what: string;
  placeholder: string;
  choice: {
    readonly label: string;
    readonly value: string;
    readonly options: readonly { readonly id: string; readonly label: string }[];
    readonly onChange: (id: string) => void;
  };
  search: Search<Kept>;
  /** Said where nothing was found. */
  nothing: string;
  /** What is wrong with the question, said instead of an answer. */
  problem?: string | null;
  /** Further fields of the question. */
  fields?: ReactNode;
  children: (found: Kept['found']) => ReactNode;
}

/** A log that is searched as somebody types: words, one choice, how much was found, and more of it on demand. */
export function LogView<Kept extends Pages<unknown>>(props: LogViewProps<Kept>) {
  const {
    text,
    onText,
    what,
    placeholder,
    choice,
    search,
    nothing,
    problem = null,
    fields,
    children,
  } = props;
  const live = useLive();
  const { pages, failure, searching, busy, next } = search;
  const said = problem ?? saidOf(search, live, nothing);
  return (
    <>
      <search className={styles.form}>
        <input
          type="search"
          className={`field ${styles.words}`}
          aria-label={`Search ${what}`}
          placeholder={placeholder}
          maxLength={200}
          value={text}
          onChange={(event) => onText(event.target.value)}
        />
        <select
          className="field"
          aria-label={choice.label}
          value={choice.value}
          onChange={(event) => choice.onChange(event.target.value)}
        >
          {choice.options.map((one) => (
            <option key={one.id} value={one.id}>
              {one.label}
            </option>
          ))}
        </select>
        {fields}
      </search>
      <p className={`s12 t3 ${styles.count}`} role="status">
        {said}
      </p>
      {problem === null && pages === null && failure === null && live && (
        <Skeleton rows={8} label="Searching" />
      )}
      {problem === null && pages !== null && (
        <div aria-busy={searching || undefined}>{children(pages.found)}</div>
      )}
      {problem === null && pages?.more && (
        <div className={styles.more}>
          <Button busy={busy} disabled={searching} onPress={next}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

function saidOf(
  { pages, failure, searching }: Search<Pages<unknown>>,
  live: boolean,
  nothing: string,
): string {
  if (!live)
    return pages === null
      ? 'The core does not answer: what it keeps can be read when it is back.'
      : 'The core does not answer: this is what was found before.';
  if (failure !== null && !searching) return failure.text;
  if (pages === null || searching) return 'Searching';
  if (pages.found.length === 0) return nothing;
  return `${pages.found.length}${pages.more ? ' and more' : ''}, the newest first`;
}
