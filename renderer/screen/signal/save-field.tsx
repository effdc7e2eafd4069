export function SaveFieldRow({
  label,
  value,
  onChange,
  mono = false,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  mono?: boolean;
}) {
  return (
    <label>
      {label}
      <input
        className={mono ? 'field mono' : 'field'}
        value={value}
        maxLength={1_000}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

export function SaveSelectRow({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string;
  options: readonly string[];
  onChange: (value: string) => void;
}) {
  return (
    <label>
      {label}
      <select className="field" value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
}
