import { Exact } from './clamped.tsx';

export interface ConditionView {
  readonly label: string;
  readonly query: string;
  readonly is: string;
}

/** What a step asks: each question with its query in short and its comparison whole. */
export function Conditions({ conditions, lines }: { conditions: readonly ConditionView[]; lines?: number }) {
  if (conditions.length === 0) return null;
  return (
    <dl className="conditions s12">
      {conditions.map((one) => (
        <div key={one.label}>
          <dt>{one.label}</dt>
          <dd>
            <Exact
              text={one.query}
              name={`the query after “${one.label}”`}
              tail={<b className="mono">{one.is}</b>}
              {...(lines === undefined ? {} : { lines })}
            />
          </dd>
        </div>
      ))}
    </dl>
  );
}
