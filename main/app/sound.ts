import { fileURLToPath } from 'node:url';
import { chimeOf, createChimeGate } from '../../shared/model/chime.ts';
import type { Page } from '../../shared/model/notification.ts';
import type { Priority } from '../../shared/model/priority.ts';
import type { Clock, Logger, SoundPlayer } from '../platform/index.ts';
import { assetUrl } from './entry.ts';

/** The sounds of pages, played by a program of this desktop. */
export interface PageSounds {
  /** Whether there is a program that could; then a host keeps the system's own sound off. */
  isThere(): boolean;
  /** Begins the sound of a page that is on the screen, if it is to be heard; the screen does not wait for its end. */
  begin(page: Page, isQuiet?: boolean): void;
  /** How the newest page's sound was played, once it has been, or why not, in words. */
  said(): Promise<string>;
}

export function createPageSounds(player: SoundPlayer, clock: Clock, log: Logger): PageSounds {
  const mayBegin = createChimeGate();
  let newest = Promise.resolve('No page came yet.');
  const play = async (page: Page, isQuiet: boolean): Promise<string> => {
    if (isQuiet) return 'It is to make no sound.';
    if (!player.isThere()) return 'No program here plays sounds, so the desktop was asked to.';
    const chime = chimeOf(page);
    if (!mayBegin(chime, clock.now())) return 'Another sound was playing.';
    const played = await player.play(soundPath(chime));
    if (played.ok) return `Its sound was played by ${played.value}.`;
    log.warn({ problem: played.error }, 'the sound of a page was not played');
    return `Its sound was not played: ${played.error}.`;
  };
  return {
    isThere: () => player.isThere(),
    begin(page, isQuiet = !page.sound) {
      newest = play(page, isQuiet);
    },
    said: () => newest,
  };
}

/** In a package the sounds lie beside the archive: a program of the desktop cannot look into it. */
function soundPath(priority: Priority): string {
  const path = fileURLToPath(assetUrl(`sound/${priority.toLowerCase()}.wav`));
  return path.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
}
