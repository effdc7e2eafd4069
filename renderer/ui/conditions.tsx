import { Exact } from './clamped.tsx';

export interface ConditionView {
  readonly label: string;
  readonly query: string;
  readonly is: string;
}

/** What a step asks: each question with its comparison whole and its query in short. */
export function Conditions({ conditions, lines }: { conditions: readonly ConditionView[]; lines?: number }) {
  if (conditions.length === 0) return null;
  return (
    <ul className="conditions s12">
      {conditions.map((one) => (
        <li key={one.label}>
          <Exact
            text={one.query}
            name={`the query after “${one.label}”`}
            head={
              <span className="t3">
                {one.label} <b className="mono t1">{one.is}</b>
              </span>
            }
            {...(lines === undefined ? {} : { lines })}
          />
        </li>
      ))}
    </ul>
  );
}
