import { useSyncExternalStore } from 'react';

/** Whether a media query holds, for the few things that a style sheet cannot change (a column span). */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}
