/**
 * Writes the sound of each priority to assets/sound from the pulses in shared/model/chime.ts: run it by
 * `npm exec -- node scripts/sounds.mjs` when they change. The files are kept with the sources, for the programs of a desktop that play files.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderChime } from '../shared/model/chime.ts';
import { Priority } from '../shared/model/priority.ts';
import { root } from './setup.mjs';

/** Enough for the highest overtone that matters, and half the size of a disc's. */
const SAMPLE_RATE = 22_050;
const folder = join(root, 'assets', 'sound');

/** RIFF, PCM, one channel of 16 bits. @see https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html */
function wave(samples) {
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(SAMPLE_RATE, 24);
  file.writeUInt32LE(SAMPLE_RATE * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, index) => {
    file.writeInt16LE(Math.round(sample * 32_767), 44 + index * 2);
  });
  return file;
}

mkdirSync(folder, { recursive: true });
for (const priority of Priority.options)
  writeFileSync(join(folder, `${priority.toLowerCase()}.wav`), wave(renderChime(priority, SAMPLE_RATE)));
