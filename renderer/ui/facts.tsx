export interface FactView {
  readonly label: string;
  /** Null is *no data*, which is never drawn as a number. */
  readonly value: string | null;
  readonly unit: string;
  readonly note: string;
  readonly hot: boolean;
}

/** Big numbers, each with its unit and what to hold it against. */
export function Facts({ facts }: { facts: readonly FactView[] }) {
  return (
    <div className="facts num">
      {facts.map((fact) => (
        <div key={fact.label}>
          <h3>{fact.label}</h3>
          <div className={fact.hot ? 'big c-burn' : 'big'} data-empty={fact.value === null || undefined}>
            {fact.value === null ? 'no data' : <Value text={fact.value} />}
            {fact.value !== null && fact.unit !== '' && (
              <small>{fact.unit === '×' ? '×' : ` ${fact.unit}`}</small>
            )}
          </div>
          <div className="s12 t2">{fact.note.replace(/ (%|[smhd])(?=\W|$)/g, '\u00a0$1')}</div>
        </div>
      ))}
    </div>
  );
}

/** The units inside a duration (`11 h 13 m`) are small, its numbers large. */
function Value({ text }: { text: string }) {
  return text.split(' ').map((part, index) => {
    const key = `${index}-${part}`;
    return /^[a-z]+$/i.test(part) ? <small key={key}> {part} </small> : <span key={key}>{part}</span>;
  });
}
