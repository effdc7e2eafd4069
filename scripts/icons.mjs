/**
 * Draws every icon of the desktop from assets/icon/icon.svg: `node scripts/icons.mjs`. Run it when the drawing changes;
 * the results are kept with the sources, as packaging must not need a browser. Shapes as well as colours tell the
 * severities apart: octagon, triangle, diamond.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { root } from './setup.mjs';

const folder = join(root, 'assets', 'icon');
const drawing = readFileSync(join(folder, 'icon.svg'), 'utf8');

/** In the tray the plate would be a dark square: the moon alone, and a mark in place of the star. */
const MARKS = {
  quiet: '<circle cx="24" cy="8" r="4" fill="#3fc1a5"/>',
  'sev-1': '<path d="M20.700 1h6.600L32 5.700v6.600L27.300 17h-6.600L16 12.300V5.700z" fill="#ff4d4f"/>',
  'sev-2': '<path d="M24 0l8 15H16z" fill="#ff9f43"/>',
  'sev-3': '<path d="M24 0l8 8.500L24 17l-8-8.500z" fill="#f5d547"/>',
  blind: '<path d="M3 3l26 26" stroke="#ff4d4f" stroke-width="4" stroke-linecap="round"/>',
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage();

async function png(svg, size) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
  );
  return page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: size, height: size } });
}

const bySize = new Map();
for (const size of [16, 24, 32, 48, 64, 128, 256, 512, 1024]) bySize.set(size, await png(drawing, size));
mkdirSync(join(folder, 'linux'), { recursive: true });
for (const size of [16, 32, 48, 64, 128, 256, 512])
  writeFileSync(join(folder, 'linux', `${size}x${size}.png`), bySize.get(size));
writeFileSync(join(folder, 'icon.png'), bySize.get(512));
writeFileSync(join(folder, 'icon.ico'), ico([16, 24, 32, 48, 64, 128, 256]));
writeFileSync(
  join(folder, 'icon.icns'),
  icns({ ic07: 128, ic08: 256, ic09: 512, ic10: 1024, ic11: 32, ic12: 64, ic13: 256, ic14: 512 }),
);

for (const [name, mark] of Object.entries(MARKS)) {
  const svg = drawing.replace(/<rect id="plate"[^>]*\/>/, '').replace(/<path id="star"[^>]*\/>/, () => mark);
  writeFileSync(join(folder, `tray-${name}.png`), await png(svg, 22));
  writeFileSync(join(folder, `tray-${name}@2x.png`), await png(svg, 44));
}
await browser.close();

/** @see https://learn.microsoft.com/en-us/previous-versions/ms997538(v=msdn.10) — a directory, then PNG files as they are. */
function ico(sizes) {
  const images = sizes.map((size) => bySize.get(size));
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  for (const [index, image] of images.entries()) {
    const at = 6 + 16 * index;
    head.writeUInt8(sizes[index] % 256, at);
    head.writeUInt8(sizes[index] % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(image.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += image.length;
  }
  return Buffer.concat([head, ...images]);
}

/** Blocks of a four-letter kind, a length and a PNG file. */
function icns(kinds) {
  const blocks = Object.entries(kinds).map(([kind, size]) => {
    const head = Buffer.alloc(8);
    head.write(kind, 0, 'latin1');
    head.writeUInt32BE(bySize.get(size).length + 8, 4);
    return Buffer.concat([head, bySize.get(size)]);
  });
  const head = Buffer.alloc(8);
  head.write('icns', 0, 'latin1');
  head.writeUInt32BE(
    blocks.reduce((sum, block) => sum + block.length, 8),
    4,
  );
  return Buffer.concat([head, ...blocks]);
}
