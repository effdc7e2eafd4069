import { fileURLToPath } from 'node:url';
import { ok, type Result } from '../../shared/error/result.ts';
import { chimeOf, createChimeGate } from '../../shared/model/chime.ts';
import type { Page } from '../../shared/model/notification.ts';
import type { Priority } from '../../shared/model/priority.ts';
import type { Clock, SoundPlayer } from '../platform/index.ts';
import { assetUrl } from './entry.ts';

/** The sounds of pages, played by a program of this desktop. */
export interface PageSounds {
  /** Whether there is a program that could; then a host keeps the system's own sound off. */
  isThere(): boolean;
  /** Answers in words how the page's sound was played, once it has been; or why not. */
  play(page: Page): Promise<Result<string, string>>;
}

export function createPageSounds(player: SoundPlayer, clock: Clock): PageSounds {
  const mayBegin = createChimeGate();
  return {
    isThere: () => player.isThere(),
    async play(page) {
      const chime = chimeOf(page);
      if (!mayBegin(chime, clock.now())) return ok('Another sound was playing.');
      const played = await player.play(soundPath(chime));
      return played.ok ? ok(`Its sound was played by ${played.value}.`) : played;
    },
  };
}

/** In a package the sounds lie beside the archive: a program of the desktop cannot look into it. */
function soundPath(priority: Priority): string {
  const path = fileURLToPath(assetUrl(`sound/${priority.toLowerCase()}.wav`));
  return path.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
}
