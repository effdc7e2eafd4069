import type { PanelBounds } from '../../state/signal-bounds.ts';

/** Which detector the shaded area is of, or why there is none. */
export function BoundsNote({ bounds }: { bounds: PanelBounds }) {
  return (
    <figcaption className="t3 s12">
      {bounds.detectors.map(({ id, title, rule, definedAt, problem }) => (
        <span key={id} title={definedAt}>
          {problem === null
            ? `Shaded: what the detector ${title} expected, ${rule}. `
            : `The bounds of the detector ${title} are not drawn: ${problem} `}
        </span>
      ))}
    </figcaption>
  );
}
