import styles from './health.module.css';

export interface RangeChoiceProps<Range extends string> {
  legend: string;
  /** Of the radio buttons: another for each choice on the screen. */
  name: string;
  ranges: readonly { readonly range: Range; readonly label: string }[];
  chosen: Range;
  onChoose: (range: Range) => void;
}

/** How much of the past a part of the screen shows. */
export function RangeChoice<Range extends string>(props: RangeChoiceProps<Range>) {
  const { legend, name, ranges, chosen, onChoose } = props;
  return (
    <fieldset className={styles.ranges}>
      <legend className="vh">{legend}</legend>
      {ranges.map((one) => (
        <label key={one.range}>
          <input
            type="radio"
            name={name}
            checked={chosen === one.range}
            onChange={() => onChoose(one.range)}
          />
          {one.label}
        </label>
      ))}
    </fieldset>
  );
}
