import { type RefObject, useLayoutEffect, useRef } from 'react';

/**
 * Keeps the keyboard where it was when a button gives way to a form and back: a focus that went with the button goes to
 * the control that
 * took its place: the one that asks for it, else the first. `part` is what stands there.
 */
export function useKeptFocus<Element extends HTMLElement>(part: unknown): RefObject<Element | null> {
  const place = useRef<Element>(null);
  const before = useRef(part);
  useLayoutEffect(() => {
    if (before.current === part) return;
    before.current = part;
    const lost = document.activeElement === null || document.activeElement === document.body;
    const first = place.current?.querySelector<HTMLElement>('[data-focus]');
    if (lost) (first ?? place.current?.querySelector<HTMLElement>('input, select, button'))?.focus();
  }, [part]);
  return place;
}
