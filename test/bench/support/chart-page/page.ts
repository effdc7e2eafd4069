/** What a page of the benchmark can do; the benchmark calls it by name. */
export interface ChartPage {
  /** Takes the bytes of a series file, and answers the milliseconds until they are painted. */
  firstPaint(file: ArrayBuffer): Promise<number>;
  /** Makes so many panels, each of which shows whatever file is given to `tick` next. */
  panels(count: number): void;
  tick(panel: number, file: ArrayBuffer): void | Promise<void>;
}

export const WIDTH_PX = 1_200;
export const HEIGHT_PX = 400;

/** Serves the page under `chartPage`, with what fetches the data and drives the panels: the same for both pages. */
export function servePage(page: ChartPage): void {
  Object.assign(globalThis, {
    chartPage: {
      firstPaint: async () => page.firstPaint(await (await fetch('/whole.bin')).arrayBuffer()),
      begin: async (count: number) => {
        page.panels(count);
        await live(page, count, 2);
      },
      live: (count: number, ticks: number) => live(page, count, ticks),
    },
  });
}

/** A host for one chart. */
export function place(width: number, height: number): HTMLElement {
  const host = document.createElement('div');
  host.style.width = `${width}px`;
  host.style.height = `${height}px`;
  document.body.append(host);
  return host;
}

/** Resolves when what was drawn until now stands on the screen. */
export function painted(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}

async function live(page: ChartPage, count: number, ticks: number): Promise<void> {
  for (let tick = 0; tick < ticks; tick += 1) {
    const nextAt = performance.now() + 1_000;
    const file = await (await fetch(`/panel.bin?tick=${tick}`)).arrayBuffer();
    for (let panel = 0; panel < count; panel += 1) void page.tick(panel, file.slice(0));
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextAt - performance.now())));
  }
}
