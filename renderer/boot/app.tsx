import { useEffect, useRef } from 'react';
import type { Route } from '../state/route.ts';
import { useCore, useLine, useRefresh, useUi } from '../state/use-core.tsx';
import { Announcer } from './announcer.tsx';
import { Banners } from './banners.tsx';
import { DemoStrip } from './demo-strip.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Overlays } from './overlays.tsx';
import { PartPlace, usePart } from './part.tsx';
import { Rail } from './rail.tsx';
import { partOfScreen, ScreenAt } from './screens.tsx';
import { Toasts } from './toasts.tsx';
import { TopBar } from './top-bar.tsx';

/** The shell: the rail and the bar that every screen shares, and the screen. */
export function App() {
  const core = useCore();
  const route = useUi((state) => state.route);
  const isDemo = useLine((state) => state.hello?.demo ?? false);
  useRefresh(`demo:${isDemo}`, isDemo ? 2_000 : 0, () => {
    if (isDemo) void core.demo.refresh();
  });
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
      <Screen route={route} />
      <Overlays />
      <Toasts />
      <Announcer />
    </>
  );
}

/** Until a screen's file is here the one before stays: no key leads to an empty place. */
function Screen({ route }: { route: Route }) {
  const state = usePart(partOfScreen(route.screen));
  const drawn = useRef<Route | null>(null);
  if (state === 'here') drawn.current = route;
  const shown = drawn.current;
  const isWaiting = state === 'coming' && shown !== null;
  useFocusOnArrival((isWaiting ? shown : route).screen);
  if (state === 'here') return <At route={route} />;
  return isWaiting ? <At route={shown} /> : <PartPlace problem={state === 'coming' ? null : state.problem} />;
}

function At({ route }: { route: Route }) {
  return (
    <ErrorBoundary key={route.screen}>
      <ScreenAt route={route} />
    </ErrorBoundary>
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
