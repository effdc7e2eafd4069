import type { PolicyRow } from '../../../shared/model/objective.ts';
import { formatPercent } from '../../../shared/unit/number.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { thresholdText, windowName } from '../../state/fact.ts';
import { PriorityBadge } from '../../ui/badge.tsx';

/** The rows of a policy: what each needs, and how soon it finds an outage. */
export function PolicyRows({ rows }: { rows: readonly PolicyRow[] }) {
  return (
    <table className="small num">
      <thead>
        <tr>
          <th scope="col">Row</th>
          <th scope="col" className="n">
            Needs
          </th>
          <th scope="col" className="n">
            Windows
          </th>
          <th scope="col" className="n">
            Found at 100 % errors
          </th>
          <th scope="col" className="n">
            10 %
          </th>
          <th scope="col" className="n">
            1 %
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <td className="nowrap">
              <PriorityBadge priority={row.priority} /> {row.name}
            </td>
            <td
              className="n"
              title={row.raisedToOne ? 'raised to 1' : `${formatPercent(row.budgetFraction)} of the budget`}
            >
              {thresholdText(row.threshold)}
              {row.raisedToOne && ' (raised)'}
            </td>
            <td className="n">
              {windowName(row.longMs)}, {windowName(row.shortMs)}
            </td>
            {[row.detectionMs.all, row.detectionMs.tenth, row.detectionMs.hundredth].map((ms, index) => {
              const key = `${row.name}-${index}`;
              return (
                <td key={key} className={ms === null ? 'n never' : 'n'}>
                  {ms === null || row.leftOut !== null ? 'never' : formatDuration(ms)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
