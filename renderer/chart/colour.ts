/** Reads colour tokens as a canvas can use them; `light-dark()` is resolved by the browser on a probe. */
export interface Palette {
  colour(token: string): string;
}

export function readPalette(host: HTMLElement): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  host.append(probe);
  const known = new Map<string, string>();
  const read = (token: string) => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  for (const token of TOKENS) known.set(token, read(token));
  probe.remove();
  return { colour: (token) => known.get(token) ?? known.get('text-3') ?? 'currentColor' };
}

const TOKENS = [
  'chart-1',
  'chart-2',
  'chart-3',
  'chart-4',
  'chart-5',
  'chart-6',
  'chart-grid',
  'chart-over',
  'line-2',
  'text-2',
  'text-3',
  'surface-1',
  'surface-2',
  'mark-threshold',
  'mark-deploy',
  'mark-change',
  'mark-event',
  'sev-2',
  'hatch-line',
  'hatch-ground',
];

/** Runs when the colours of the page change: by the switch, by the system, by forced colours. */
export function onThemeChange(run: () => void): () => void {
  const root = document.documentElement;
  const observer = new MutationObserver(run);
  observer.observe(root, { attributes: true, attributeFilter: ['data-theme'] });
  const queries = ['(prefers-color-scheme: light)', '(forced-colors: active)'].map((query) =>
    matchMedia(query),
  );
  for (const query of queries) query.addEventListener('change', run);
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener('change', run);
  };
}
