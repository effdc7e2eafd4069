import type { ReactNode } from 'react';
import { TriageScreen } from '../screen/triage/triage-screen.tsx';
import type { Route, ScreenName } from '../state/route.ts';
import { type Loadable, type Part, partOf } from './part.tsx';

const IDLE_AT_LATEST_MS = 1_000;

/** How a screen is drawn at a route of its own. */
type Drawn = { readonly route: Route };

/** Dialogs that only their screens need: each comes with its screen. */
export const newObjective = partOf(
  async () => (await import('../screen/objective/new-objective.tsx')).NewObjective,
);
export const complianceReport = partOf(
  async () => (await import('../screen/objective/compliance-report.tsx')).ComplianceReport,
);
export const newSilence = partOf(async () => (await import('../screen/silence/new-silence.tsx')).NewSilence);

/** Every screen but the first, each in a file of its own, in the order in which they are loaded when nothing else is to be done. */
const PARTS: Readonly<Record<Exclude<ScreenName, 'triage'>, Part<Drawn>>> = {
  incident: partOf(async () => {
    const { IncidentScreen } = await import('../screen/incident/incident-screen.tsx');
    return drawn('incident', ({ id, tab }) => <IncidentScreen id={id} tab={tab} />);
  }),
  objectives: partOf(async () => {
    const [{ ObjectiveScreen }] = await Promise.all([
      import('../screen/objective/objective-screen.tsx'),
      newObjective.load(),
      complianceReport.load(),
    ]);
    return drawn('objectives', ({ id, tab }) => <ObjectiveScreen id={id} tab={tab ?? null} />);
  }),
  why: partOf(async () => {
    const { WhyScreen } = await import('../screen/why/why-screen.tsx');
    return drawn('why', ({ text, log, span }) => (
      <WhyScreen text={text} log={log ?? 'verdicts'} span={span ?? null} />
    ));
  }),
  silences: partOf(async () => {
    const [{ SilenceScreen }] = await Promise.all([
      import('../screen/silence/silence-screen.tsx'),
      newSilence.load(),
    ]);
    return drawn('silences', () => <SilenceScreen />);
  }),
  postmortems: partOf(async () => {
    const { IncidentList } = await import('../screen/incident/incident-list.tsx');
    return drawn('postmortems', () => <IncidentList purpose="postmortems" />);
  }),
  health: partOf(async () => {
    const { HealthScreen } = await import('../screen/health/health-screen.tsx');
    return drawn('health', () => <HealthScreen />);
  }),
  settings: partOf(async () => {
    const { SettingScreen } = await import('../screen/setting/setting-screen.tsx');
    return drawn('settings', () => <SettingScreen />);
  }),
  traces: partOf(async () => {
    const { TraceScreen } = await import('../screen/trace/trace-screen.tsx');
    return drawn('traces', ({ view }) => <TraceScreen view={view} />);
  }),
  // With its editor it is as large as all the rest together.
  signals: partOf(async () => {
    const { SignalScreen } = await import('../screen/signal/signal-screen.tsx');
    return drawn('signals', ({ view }) => <SignalScreen view={view} />);
  }),
};

/** The part that draws a screen; null for the first one, which is always here. */
export function partOfScreen(screen: ScreenName): Part<Drawn> | null {
  return screen === 'triage' ? null : PARTS[screen];
}

/** Loads the screens one after the other, each when the page has nothing else to do: no key then waits for a file. */
export function loadScreensWhenIdle(page: Window): void {
  const waiting: Loadable[] = [newSilence, ...Object.values(PARTS)];
  const idle = (run: () => void) =>
    'requestIdleCallback' in page
      ? page.requestIdleCallback(run, { timeout: IDLE_AT_LATEST_MS })
      : globalThis.setTimeout(run, IDLE_AT_LATEST_MS / 10);
  const next = () => {
    // What fails here is loaded again, and told, by who goes to that screen.
    const after = () => idle(next);
    waiting.shift()?.load().then(after, after);
  };
  idle(next);
}

/** The screen at a route, whose part must be here. */
export function ScreenAt({ route }: Drawn): ReactNode {
  if (route.screen === 'triage') return <TriageScreen />;
  const View = PARTS[route.screen].now();
  return View && <View route={route} />;
}

function drawn<Name extends ScreenName>(
  name: Name,
  draw: (route: Extract<Route, { screen: Name }>) => ReactNode,
): (props: Drawn) => ReactNode {
  const isMine = (route: Route): route is Extract<Route, { screen: Name }> => route.screen === name;
  return ({ route }) => (isMine(route) ? draw(route) : null);
}
