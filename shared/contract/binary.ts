import { z } from 'zod';

/** The part of the platform's Blob that is used; at run time it is one, on both sides. */
export interface Binary {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export const Binary = z.custom<Binary>(
  (value) => typeof value === 'object' && value !== null && 'size' in value && 'arrayBuffer' in value,
  'expected binary data',
);
