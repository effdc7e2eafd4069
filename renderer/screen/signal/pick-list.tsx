import styles from './signal.module.css';

/** A row of names of which some are chosen. */
export function PickList({
  label,
  lead,
  names,
  chosen,
  onPick,
}: {
  label: string;
  lead?: string;
  names: readonly { readonly id: string; readonly text: string; readonly about?: string }[];
  chosen: readonly string[];
  onPick: (id: string) => void;
}) {
  return (
    <fieldset className={styles.marks} aria-label={label}>
      {lead && <span className="t3 s12">{lead}</span>}
      <div className={styles.picks}>
        {names.map(({ id, text, about }) => (
          <button
            key={id}
            type="button"
            title={about}
            aria-pressed={chosen.includes(id)}
            onClick={() => onPick(id)}
          >
            {text}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
