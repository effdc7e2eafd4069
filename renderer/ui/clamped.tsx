import { type CSSProperties, type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** Whether a clamped element hides a part of its text, at its present width. */
export function useOverflow(ref: RefObject<HTMLElement | null>): boolean {
  const [hides, setHides] = useState(false);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    // While it is open it hides nothing; what it said when it was closed still counts.
    const look = () => {
      if (element.dataset.open !== undefined) return;
      const { scrollHeight, clientHeight, scrollWidth, clientWidth } = element;
      setHides(scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1);
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return hides;
}

export interface ExactProps {
  /** Shown character by character, in the mono family. */
  text: string;
  lines?: number;
  /** What it is, for the button that shows the whole. */
  name: string;
  /** Stands before the text and is never hidden: what it decides, and the comparison. */
  head?: ReactNode;
}

/** A query or a request in one or two lines; the whole, as it is written, on demand. */
export function Exact({ text, lines = 2, name, head }: ExactProps) {
  const [open, setOpen] = useState(false);
  const ref = useRef<HTMLElement>(null);
  const hides = useOverflow(ref);
  const style: CSSProperties & { '--lines': number } = { '--lines': lines };
  return (
    <div className="exact" style={style}>
      {(head || hides) && (
        <div className="line">
          {head}
          {hides && (
            <button
              type="button"
              className="link s12 push"
              aria-expanded={open}
              aria-label={`${open ? 'Less' : 'All'} of ${name}`}
              onClick={() => setOpen(!open)}
            >
              {open ? 'Less' : 'Show all'}
            </button>
          )}
        </div>
      )}
      <code className="cmd">
        <span ref={ref} data-open={open || undefined} data-lines={lines}>
          {open ? text : text.replace(/\s+/g, ' ')}
        </span>
      </code>
    </div>
  );
}
