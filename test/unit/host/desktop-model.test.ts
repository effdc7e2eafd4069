import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOfIncident, hashOfLink } from '../../../shared/model/deep-link.ts';
import type { Health } from '../../../shared/model/health.ts';
import type { Incident } from '../../../shared/model/incident.ts';
import { situationOf } from '../../../shared/model/situation.ts';
import { WINDOW_MIN, windowBounds } from '../../../shared/model/window-bounds.ts';

describe('a deep link', () => {
  it('leads to an incident by its identifier, and nowhere else', () => {
    expect(hashOfLink('midwatch://incident/6f1c-2')).toBe('#/incident/6f1c-2');
    for (const link of [
      'midwatch://incident/',
      'midwatch://incident/a/b',
      'midwatch://incident/a?b',
      'midwatch://incident/%2e%2e',
      'midwatch://run/a',
      'https://incident/a',
      'javascript:alert(1)',
      'midwatch:',
      '',
      `midwatch://incident/${'a'.repeat(101)}`,
    ])
      expect(hashOfLink(link), link).toBeUndefined();
  });

  it('is never more than an identifier, whatever the link', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(hashOfLink(`midwatch://incident/${text}`) ?? '#/incident/x').toMatch(
          /^#\/incident\/[A-Za-z0-9_-]{1,100}$/,
        );
      }),
    );
    expect(hashOfIncident(null)).toBe('#/triage');
    expect(hashOfIncident('a b')).toBe('#/incident/a%20b');
  });
});

const screens = [{ x: 0, y: 0, width: 1920, height: 1040 }];

describe('where the window opens', () => {
  it('is where it was', () => {
    const bounds = { x: 100, y: 50, width: 1200, height: 800 };
    expect(windowBounds(bounds, screens)).toEqual(bounds);
    expect(windowBounds(null, screens)).toEqual({ width: 1440, height: 900 });
  });

  it('is left to the system where that screen is gone', () => {
    expect(windowBounds({ x: 2500, y: 50, width: 1200, height: 800 }, screens)).toEqual({
      width: 1200,
      height: 800,
    });
    expect(windowBounds({ x: 100, y: -500, width: 1200, height: 800 }, screens)).toEqual({
      width: 1200,
      height: 800,
    });
    expect(windowBounds({ x: 100, y: 50, width: 1200, height: 800 }, [])).toEqual({
      width: 1200,
      height: 800,
    });
  });

  it('is never too small, and never out of reach', () => {
    const number = fc.integer({ min: -5_000, max: 5_000 });
    fc.assert(
      fc.property(number, number, number, number, (x, y, width, height) => {
        const bounds = windowBounds({ x, y, width, height }, screens);
        expect(bounds.width).toBeGreaterThanOrEqual(WINDOW_MIN.width);
        expect(bounds.height).toBeGreaterThanOrEqual(WINDOW_MIN.height);
        if (bounds.x !== undefined && bounds.y !== undefined) {
          expect(bounds.y).toBeGreaterThanOrEqual(0);
          expect(bounds.x + bounds.width).toBeGreaterThan(0);
          expect(bounds.x).toBeLessThan(1_920);
        }
      }),
    );
  });
});

const health = (blind: string | null) => ({ blind }) as Health;
const incident = (
  id: string,
  severity: Incident['severity'],
  openedAt: number,
  more: Partial<Incident> = {},
) =>
  ({
    id,
    severity,
    openedAt,
    phase: 'detected',
    title: `Title ${id}`,
    synthetic: false,
    ...more,
  }) as Incident;

describe('what the tray shows', () => {
  it('is quiet only where somebody watches and nothing is open', () => {
    expect(situationOf([], health(null))).toEqual({ icon: 'quiet', count: 0, words: 'all quiet', open: [] });
    expect(situationOf([], undefined)).toMatchObject({
      icon: 'blind',
      words: expect.stringContaining('Not watching'),
    });
    expect(situationOf([], health('No source answers.'))).toMatchObject({
      icon: 'blind',
      words: 'Not watching: No source answers.',
    });
  });

  it('names the worst and counts the open, the blind before all', () => {
    const all = [
      incident('a', 'SEV-3', 1),
      incident('b', 'SEV-2', 3),
      incident('c', 'SEV-2', 2),
      incident('over', 'SEV-1', 1, { phase: 'postmortem' }),
      incident('old', 'SEV-1', 1, { synthetic: true }),
    ];
    const situation = situationOf(all, health(null));
    expect(situation).toMatchObject({
      icon: 'sev-2',
      count: 3,
      words: '3 open incidents, the worst SEV-2: Title c',
    });
    expect(situation.open.map((one) => one.id)).toEqual(['c', 'b', 'a']);
    expect(situationOf(all, health('x'))).toMatchObject({ icon: 'blind', count: 3 });
  });
});
