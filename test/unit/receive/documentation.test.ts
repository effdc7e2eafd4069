import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEventDecoder, createPagerDutyDecoder } from '../../../main/receive/event/event.ts';
import { RECEIVE_LIMITS } from '../../../main/receive/limits.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/receivers.md'), 'utf8');
const examples = page.split('\n').flatMap((line) => (line.startsWith('    {') ? [line.trim()] : []));
const NOW = Date.parse('2026-06-01T12:00:00Z');

describe('the page about receivers', () => {
  it('has examples of each shape', () => expect(examples).toHaveLength(5));

  it.each(examples)('shows an event that is taken: %s', (text) => {
    const decode = text.includes('routing_key') ? createPagerDutyDecoder() : createEventDecoder();
    const answer = decode({
      body: Buffer.from(text),
      contentType: text.includes('specversion') ? 'application/cloudevents+json' : 'application/json',
      headers: {},
      sourceId: 'shop',
      receivedAt: NOW,
      limits: RECEIVE_LIMITS,
    } as unknown as Parameters<typeof decode>[0]);
    expect(answer.ok && answer.value.received.refused).toEqual([]);
    const [change] = answer.ok ? answer.value.received.changes : [];
    const said = JSON.parse(text) as Record<string, unknown>;
    expect(change?.service).toBe(said.service ?? 'shop');
    expect(change?.what).not.toBe('');
  });
});
