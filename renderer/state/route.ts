/** Where the window is. Lives in the address (`#/incident/<id>`), so that links and reloads work. */
export type Route =
  | { readonly screen: 'triage' }
  | {
      readonly screen: 'incident';
      readonly id: string | null;
      readonly tab: IncidentTab;
      /** Why somebody came, once: a pressed notification leads to the button. It does not stay in the address. */
      readonly intent?: 'acknowledge';
    }
  /** `tab` is what the open objective shows; without one its burn-down. */
  | { readonly screen: 'objectives'; readonly id: string | null; readonly tab?: ObjectiveTab }
  /** `view` is what `signal-view.ts` reads and writes. */
  | { readonly screen: 'signals'; readonly view: string }
  /** `view` is what `trace-view.ts` reads and writes. */
  | { readonly screen: 'traces'; readonly view: string }
  /** Verdicts that hold these words, in a stretch that `why.ts` reads and writes; or deliveries that hold them. */
  | { readonly screen: 'why'; readonly text: string; readonly log?: 'deliveries'; readonly span?: string }
  | { readonly screen: 'postmortems' }
  | { readonly screen: 'silences' }
  | { readonly screen: 'settings' }
  | { readonly screen: 'health' };
export type IncidentTab = 'response' | 'postmortem';
export const OBJECTIVE_TABS = ['alerts', 'spent', 'what-if', 'corrections'] as const;
export type ObjectiveTab = (typeof OBJECTIVE_TABS)[number];
export type ScreenName = Route['screen'];

export function routeOf(hash: string): Route {
  const viewed = /^#?\/?(signals|traces)(?:\?(.*))?$/s.exec(hash);
  if (viewed) return { screen: viewed[1] === 'traces' ? 'traces' : 'signals', view: viewed[2] ?? '' };
  const [screen, id, tab] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decode);
  switch (screen) {
    case 'incident':
      return {
        screen,
        id: id || null,
        tab: tab === 'postmortem' ? 'postmortem' : 'response',
        ...(tab === 'acknowledge' ? { intent: 'acknowledge' as const } : {}),
      };
    case 'objectives': {
      const shown = OBJECTIVE_TABS.find((one) => one === tab);
      return { screen, id: id || null, ...(shown ? { tab: shown } : {}) };
    }
    case 'why':
      if (tab === 'deliveries') return { screen, text: id ?? '', log: tab };
      return { screen, text: id ?? '', ...(tab ? { span: tab } : {}) };
    case 'postmortems':
    case 'silences':
    case 'settings':
    case 'health':
      return { screen };
    default:
      return { screen: 'triage' };
  }
}

export function hashOf(route: Route): string {
  if (route.screen === 'signals' || route.screen === 'traces')
    return `#/${route.screen}${route.view === '' ? '' : `?${route.view}`}`;
  if (route.screen === 'why') {
    const part = route.log ?? route.span;
    if (part) return `#/why/${encodeURIComponent(route.text)}/${encodeURIComponent(part)}`;
    return route.text === '' ? '#/why' : `#/why/${encodeURIComponent(route.text)}`;
  }
  const id = 'id' in route && route.id !== null ? `/${encodeURIComponent(route.id)}` : '';
  return `#/${route.screen}${id}${id === '' ? '' : tabOf(route)}`;
}

function tabOf(route: Route): string {
  if (route.screen === 'incident') return route.tab === 'postmortem' ? '/postmortem' : '';
  return route.screen === 'objectives' && route.tab ? `/${route.tab}` : '';
}

// A hand-typed address may hold a broken escape; it then names nothing, which the screen says.
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
