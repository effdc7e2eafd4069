import { PAST_SPANS } from '../../state/objective-past.ts';
import styles from './objective.module.css';

/** How far back to look. */
export function SpanChoice({ spanMs, onChange }: { spanMs: number; onChange: (spanMs: number) => void }) {
  return (
    <fieldset className={styles.choice} aria-label="How far back">
      {PAST_SPANS.map((one) => (
        <button
          key={one.name}
          type="button"
          aria-pressed={one.ms === spanMs}
          onClick={() => onChange(one.ms)}
        >
          {one.name}
        </button>
      ))}
    </fieldset>
  );
}
