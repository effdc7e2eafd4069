import { ORPCError } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import { endOfLine } from '../../../../renderer/transport/end-of-line.ts';

describe('why a line to the core ended', () => {
  it('is the reason as a sentence, where the core was not reached', () => {
    expect(endOfLine(new Error('The core does not answer.'))).toEqual({
      problem: 'The core does not answer.',
      answered: false,
    });
    expect(endOfLine(new TypeError('Failed to fetch')).problem).toBe('Failed to fetch.');
  });

  it('says in plain words that the core is there but cannot say what it has', () => {
    const end = endOfLine(
      new ORPCError('EVENT_ITERATOR_VALIDATION_FAILED', { message: 'Event iterator validation failed' }),
    );
    expect(end.answered).toBe(true);
    expect(end.problem).toMatch(/^The core runs, but could not send its state: .*please report it .*\.$/);
    expect(end.problem).not.toContain('Event iterator');
  });
});
