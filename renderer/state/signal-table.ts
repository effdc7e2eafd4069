import type { Labels } from '../../shared/model/metric.ts';

/** The latest values as a table: a column for each label that tells rows apart, and their number. */
export interface SignalTable {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly value: number }[];
}

/** `column` null is the value. */
export interface TableSort {
  readonly column: string | null;
  readonly descending: boolean;
}

/** More columns than these cannot be read beside each other; what is over stands in the last one. */
const COLUMNS_MAX = 6;
const REST = 'other labels';
/** Made once: a comparison that makes its own costs a hundred times as much. */
const COLLATOR = new Intl.Collator('en', { numeric: true });

interface Sample {
  readonly labels: Labels;
  readonly value: number | string;
}

export function tableOf(samples: readonly Sample[]): SignalTable {
  const values = new Map<string, Set<string>>();
  for (const { labels } of samples)
    for (const [name, value] of Object.entries(labels)) {
      const seen = values.get(name) ?? new Set();
      values.set(name, seen);
      if (seen.size < 2) seen.add(value);
    }
  const telling = [...values].filter(
    ([name, seen]) => seen.size > 1 || samples.length === 1 || name === '__name__',
  );
  // Labels that are the same in all rows tell nothing; the metric's name is wanted all the same.
  const names = telling.map(([name]) => name).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const columns = names.slice(0, COLUMNS_MAX);
  const rest = names.slice(COLUMNS_MAX);
  const cellsOf = (labels: Labels) => [
    ...columns.map((name) => labels[name] ?? ''),
    ...(rest.length > 0
      ? [
          rest
            .filter((name) => labels[name] !== undefined)
            .map((name) => `${name}=${labels[name]}`)
            .join(' '),
        ]
      : []),
  ];
  return {
    columns: rest.length > 0 ? [...columns, REST] : columns,
    rows: samples.map(({ labels, value }) => ({ cells: cellsOf(labels), value: Number(value) })),
  };
}

function rank(name: string): number {
  return name === '__name__' ? 0 : 1;
}

/** Which rows are shown, in which order. Not a number stands last whichever way a value is sorted. */
export function sortRows({ columns, rows }: SignalTable, sort: TableSort, search: string): readonly number[] {
  const wanted = search.trim().toLowerCase();
  const found = rows.flatMap((row, at) =>
    wanted === '' || row.cells.some((cell) => cell.toLowerCase().includes(wanted)) ? [at] : [],
  );
  const sign = sort.descending ? -1 : 1;
  const column = sort.column === null ? -1 : columns.indexOf(sort.column);
  const textOf = (row: number) => rows[row]?.cells[column] ?? '';
  const numberOf = (row: number) => rows[row]?.value ?? Number.NaN;
  if (column >= 0) return found.sort((a, b) => sign * COLLATOR.compare(textOf(a), textOf(b)) || a - b);
  return found.sort((a, b) => {
    const [x, y] = [numberOf(a), numberOf(b)];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    return sign * (x === y ? 0 : x < y ? -1 : 1) || a - b;
  });
}
