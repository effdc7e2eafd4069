/** A rectangle of the desktop, in its own pixels. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const WINDOW_MIN = { width: 1024, height: 640 } as const;
const WINDOW_DEFAULT = { width: 1440, height: 900 } as const;
/** So much of the title bar must be on a screen that a hand can move the window. */
const REACHABLE = 80;

/** Where the window opens: where it was, unless that screen is gone or too small now. */
export function windowBounds(
  remembered: Bounds | null,
  screens: readonly Bounds[],
): Partial<Bounds> & { readonly width: number; readonly height: number } {
  if (!remembered) return WINDOW_DEFAULT;
  const size = {
    width: Math.max(WINDOW_MIN.width, Math.round(remembered.width)),
    height: Math.max(WINDOW_MIN.height, Math.round(remembered.height)),
  };
  const { x, y } = remembered;
  const isReachable = screens.some(
    (screen) =>
      x + size.width - REACHABLE > screen.x &&
      x + REACHABLE < screen.x + screen.width &&
      y >= screen.y &&
      y + REACHABLE < screen.y + screen.height,
  );
  return isReachable ? { x: Math.round(x), y: Math.round(y), ...size } : size;
}
