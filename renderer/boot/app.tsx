import { lazy, Suspense, useEffect, useRef } from 'react';
import { HealthScreen } from '../screen/health/health-screen.tsx';
import { IncidentList } from '../screen/incident/incident-list.tsx';
import { IncidentScreen } from '../screen/incident/incident-screen.tsx';
import { ObjectiveScreen } from '../screen/objective/objective-screen.tsx';
import { SettingScreen } from '../screen/setting/setting-screen.tsx';
import { SilenceScreen } from '../screen/silence/silence-screen.tsx';
import { TraceScreen } from '../screen/trace/trace-screen.tsx';
import { TriageScreen } from '../screen/triage/triage-screen.tsx';
import { WhyScreen } from '../screen/why/why-screen.tsx';
import type { Route } from '../state/route.ts';
import { useCore, useLine, useRefresh, useUi } from '../state/use-core.tsx';
import { Skeleton } from '../ui/state.tsx';
import { Announcer } from './announcer.tsx';
import { Banners } from './banners.tsx';
import { DemoStrip } from './demo-strip.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Overlays } from './overlays.tsx';
import { Rail } from './rail.tsx';
import { Toasts } from './toasts.tsx';
import { TopBar } from './top-bar.tsx';

/** With its editor it is as large as all the rest: loaded when it is first shown, so that the window's start does not wait. */
const SignalScreen = lazy(() => import('../screen/signal/signal-screen.tsx'));

/** The shell: the rail and the bar that every screen shares, and the screen. */
export function App() {
  const core = useCore();
  const route = useUi((state) => state.route);
  const isDemo = useLine((state) => state.hello?.demo ?? false);
  useRefresh(`demo:${isDemo}`, isDemo ? 2_000 : 0, () => {
    if (isDemo) void core.demo.refresh();
  });
  useFocusOnArrival(route.screen);
  return (
    <>
      <button type="button" className="skip" onClick={focusMain}>
        Skip to the screen
      </button>
      <Rail />
      <TopBar />
      <div className="banners">
        <Banners />
        {isDemo && <DemoStrip />}
      </div>
      <ErrorBoundary key={route.screen}>
        <Screen route={route} />
      </ErrorBoundary>
      <Overlays />
      <Toasts />
      <Announcer />
    </>
  );
}

function Screen({ route }: { route: Route }) {
  switch (route.screen) {
    case 'triage':
      return <TriageScreen />;
    case 'incident':
      return <IncidentScreen id={route.id} tab={route.tab} />;
    case 'objectives':
      return <ObjectiveScreen id={route.id} tab={route.tab ?? null} />;
    case 'signals':
      return (
        <Suspense fallback={<Loading />}>
          <SignalScreen view={route.view} />
        </Suspense>
      );
    case 'traces':
      return <TraceScreen view={route.view} />;
    case 'why':
      return <WhyScreen text={route.text} log={route.log ?? 'verdicts'} span={route.span ?? null} />;
    case 'postmortems':
      return <IncidentList purpose="postmortems" />;
    case 'silences':
      return <SilenceScreen />;
    case 'settings':
      return <SettingScreen />;
    case 'health':
      return <HealthScreen />;
  }
}

function Loading() {
  return (
    <main tabIndex={-1}>
      <Skeleton rows={6} label="Loading the screen" />
    </main>
  );
}

function focusMain(): void {
  document.querySelector<HTMLElement>('main')?.focus();
}

// A key that goes to a screen takes the focus along, so that Tab goes on from there; the first paint takes nothing.
function useFocusOnArrival(screen: Route['screen']): void {
  const shown = useRef(screen);
  useEffect(() => {
    if (shown.current === screen) return;
    shown.current = screen;
    // A screen may have taken it already, to the button that somebody came for.
    if (!document.activeElement?.closest('main')) focusMain();
  }, [screen]);
}
