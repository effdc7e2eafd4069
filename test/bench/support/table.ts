import { type Figure, failed, type Measured } from './benchmark.ts';

/** The figures for a person: what, how much, and what was promised where something was. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.label,
    numberText(figure.value),
    figure.unit,
    figure.atMost === undefined ? '' : `≤ ${numberText(figure.atMost)}  ${failed(figure) ? 'FAILED' : 'ok'}`,
  ]);
  const width = (column: number) => Math.max(...rows.map((row) => (row[column] ?? '').length));
  return rows
    .map(([label = '', value = '', unit = '', target = '']) =>
      `  ${label.padEnd(width(0))}  ${value.padStart(width(1))} ${unit.padEnd(width(2))}  ${target}`.trimEnd(),
    )
    .join('\n');
}

function numberText(value: number | null): string {
  if (value === null) return 'not measured';
  return value.toFixed(
    Math.abs(value) >= 1_000 || Number.isInteger(value) ? 0 : Math.abs(value) >= 100 ? 1 : 2,
  );
}

/** The one line for programs; always the last that is printed. */
export function jsonLineOf(name: string, seed: number, { figures }: Measured): string {
  const rounded = (value: number | null) => (value === null ? null : Number(value.toPrecision(6)));
  return JSON.stringify({
    name,
    seed,
    figures: Object.fromEntries(figures.map((figure) => [figure.name, rounded(figure.value)])),
    targets: Object.fromEntries(
      figures.flatMap((figure) =>
        figure.atMost === undefined ? [] : [[figure.name, `<= ${figure.atMost}`]],
      ),
    ),
    pass: !figures.some(failed),
  });
}
