import { z } from 'zod';

const UNIT_BYTES = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20 } as const;
const BODY_BYTES_MIN = 1_024;
/** The decoders hold a body whole: beyond this one request could fill the memory. */
const BODY_BYTES_MAX = 256 * 2 ** 20;

const SIZE = /^(\d{1,9})\s?(B|KiB|MiB)$/;

const Bytes = z.union([z.number().int(), z.string()]).transform((given, context) => {
  const bytes = typeof given === 'number' ? given : readSize(given);
  if (bytes !== undefined && bytes >= BODY_BYTES_MIN && bytes <= BODY_BYTES_MAX) return bytes;
  context.addIssue({
    code: 'custom',
    message: 'expected a size from 1KiB to 256MiB; write for example 32MiB, or a number of bytes',
  });
  return z.NEVER;
});

function readSize(text: string): number | undefined {
  const match = SIZE.exec(text.trim());
  if (!match) return undefined;
  const unit = match[2] === 'KiB' || match[2] === 'MiB' ? match[2] : 'B';
  return Number(match[1]) * UNIT_BYTES[unit];
}

/** Where senders push to: a loopback port of its own, opened only where a source of the kind `push` is configured. */
export const ReceiveConfig = z
  .strictObject({
    /** 0: any free port. */
    port: z.number().int().min(0).max(65_535).default(9466),
    /** Bytes of one body once it is unpacked. */
    max_body: Bytes.prefault('32MiB'),
  })
  .prefault({});
export type ReceiveConfig = z.output<typeof ReceiveConfig>;
