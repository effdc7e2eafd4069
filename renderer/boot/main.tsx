import '../style/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { config } from 'zod';
import { type Core, createCore } from '../state/core.ts';
import { hashOf, routeOf } from '../state/route.ts';
import { arrival } from '../state/ui.ts';
import { CoreProvider } from '../state/use-core.tsx';
import { linesOfHost } from '../transport/host.ts';
import { announceTitle } from './announcer.tsx';
import { App } from './app.tsx';
import { bindKeys } from './key-binding.ts';
import { followMenu } from './menu.ts';
import { createNotifier } from './notifier.ts';
import { loadScreensWhenIdle, partOfScreen } from './screens.tsx';
import { createWindowSound } from './sound.ts';
import { followSort, storedSort } from './table-order.ts';
import { followTheme, storedTheme } from './theme.ts';
import { windowWorld } from './world.ts';

// Schemas are interpreted: the page's policy forbids code made from text.
config({ jitless: true });

const sound = createWindowSound(window);
const notifier = createNotifier(window, sound);
const core: Core = createCore({
  open: linesOfHost(window),
  world: windowWorld(window),
  hash: location.hash,
  theme: storedTheme(localStorage),
  sort: storedSort(localStorage),
  onNotification: (_core, api, notice) => void notifier.show(api, notice),
});

// The file of the screen that the address names comes while the page is set up; the window shows what failed of it.
partOfScreen(core.uiStore.getState().route.screen)
  ?.load()
  .catch(() => undefined);
followTheme(core, document.documentElement, localStorage);
followSort(core, localStorage);
bindKeys(core, window);
followMenu(core, window, sound);
announceTitle(core, document);
notifier.follow(core);
window.addEventListener('hashchange', () => {
  const route = routeOf(location.hash);
  const hasIntent = route.screen === 'incident' && route.intent !== undefined;
  if (hasIntent || hashOf(route) !== hashOf(core.uiStore.getState().route))
    core.uiStore.setState((state) => ({ ...arrival(state, route), overlay: null }));
});

const root = document.getElementById('root');
if (!root) throw new Error('The page has no root element: it was not built as it should be.');
createRoot(root).render(
  <StrictMode>
    <CoreProvider core={core}>
      <App />
    </CoreProvider>
  </StrictMode>,
);

// The other screens come once this one shows something: live data, or that there is none.
const unwatch = core.line.subscribe(({ connection }) => {
  if (connection.kind === 'connecting') return;
  unwatch();
  loadScreensWhenIdle(window);
});
