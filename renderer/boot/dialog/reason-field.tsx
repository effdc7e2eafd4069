/** Why something is done, in one line: it stands on the timeline, and the focus is in it. */
export function ReasonField({
  label,
  value,
  maxLength,
  onChange,
}: {
  label: string;
  value: string;
  maxLength: number;
  onChange: (value: string) => void;
}) {
  return (
    <label>
      {label}
      <input
        type="text"
        data-focus
        maxLength={maxLength}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
