import { runCommand } from '../state/command.ts';
import { type CommandId, commandOf, keyCaps } from '../state/key-table.ts';
import { hashOf, type Route, type ScreenName } from '../state/route.ts';
import { incidentToShow, useTriage } from '../state/selection.ts';
import { needsYouCount } from '../state/triage.ts';
import { useCollection, useCore, useUi } from '../state/use-core.tsx';
import { Keys } from '../ui/button.tsx';

const ICONS: Readonly<Record<ScreenName, string>> = {
  triage: 'M2 4h8M2 8h12M2 12h6',
  incident: 'M8 2l6.5 11.5h-13zM8 6.5v3.2M8 11.4v.6',
  objectives: 'M8 14A6 6 0 1 1 14 8M8 11a3 3 0 1 1 3-3M8 8l5.5-5.500',
  signals: 'M2 14V2M2 14h12M4.500 10l2.500-4 2.500 3L14 3.500',
  traces: 'M2 3.500h8M4 8h6M8 12.500h6',
  why: 'M6 6a2 2 0 1 1 2.8 1.8c-.6.3-.8.7-.8 1.400M8 11.4v.6M8 14.500A6.500 6.500 0 1 1 14.5 8',
  postmortems: 'M3 2h7l3 3v9H3zM6 7h4M6 10h4',
  silences: 'M4 11V7a4 4 0 0 1 6-3.500M12 7v4M2.500 11h11M6.5 13.500h3M2 14L14 2',
  settings: 'M2 5h7M13 5h1M2 11h1M7 11h7M11 3v4M5 9v4',
  health: 'M8 14C3 10.5 1.5 8 1.5 5.500A3.2 3.2 0 0 1 8 4.500a3.2 3.2 0 0 1 6.5 1C14.5 8 13 10.5 8 14z',
};

const SCREENS: readonly { readonly screen: ScreenName; readonly command: CommandId }[] = [
  { screen: 'triage', command: 'go-triage' },
  { screen: 'incident', command: 'go-incident' },
  { screen: 'objectives', command: 'go-objectives' },
  { screen: 'signals', command: 'go-signals' },
  { screen: 'traces', command: 'go-traces' },
  { screen: 'why', command: 'go-why' },
  { screen: 'postmortems', command: 'go-postmortems' },
  { screen: 'silences', command: 'go-silences' },
  { screen: 'settings', command: 'go-settings' },
  { screen: 'health', command: 'go-health' },
];

/** More does not fit beside the icon of a narrow rail; the queue says how many there are. */
const COUNTED_MAX = 99;

/** The screens there are, always in the same place. */
export function Rail() {
  const core = useCore();
  const route = useUi((state) => state.route);
  const incidents = useCollection('incidents').byId;
  const { groups } = useTriage();
  const waiting = needsYouCount(groups);
  const here = route.screen === 'incident' && route.tab === 'postmortem' ? 'postmortems' : route.screen;
  return (
    <nav className="rail" aria-label="Screens">
      <div className="brand">
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M13.5 9.500A6 6 0 1 1 6.5 2.500a4.8 4.8 0 0 0 7 7z" />
          <path d="M11.5 2v3M10 3.500h3" />
        </svg>
        <b>Midwatch</b>
      </div>
      {SCREENS.map(({ screen, command }) => {
        const { label, keys } = commandOf(command);
        return (
          <a
            key={screen}
            href={hashOf(routeOfScreen(screen, incidentToShow(incidents.values(), { route })))}
            aria-current={here === screen ? 'page' : undefined}
            title={keys === null ? undefined : `${label}: ${keyCaps(keys, false).join(' then ')}`}
            onClick={(event) => {
              if (event.ctrlKey || event.metaKey || event.shiftKey) return;
              event.preventDefault();
              runCommand(core, command);
            }}
          >
            <svg viewBox="0 0 16 16" aria-hidden="true">
              <path d={ICONS[screen]} />
            </svg>
            <span>{label}</span>
            {screen === 'triage' && waiting > 0 && (
              <span className="count">
                <span aria-hidden="true">{waiting > COUNTED_MAX ? `${COUNTED_MAX}+` : waiting}</span>
                <span className="vh">{waiting} need you</span>
              </span>
            )}
          </a>
        );
      })}
      <div className="foot line">
        <Keys caps={['g']} /> then a letter
      </div>
    </nav>
  );
}

function routeOfScreen(screen: ScreenName, incidentId: string | null): Route {
  if (screen === 'incident') return { screen, id: incidentId, tab: 'response' };
  if (screen === 'signals' || screen === 'traces') return { screen, view: '' };
  if (screen === 'why') return { screen, text: '' };
  return screen === 'objectives' ? { screen, id: null } : { screen };
}
