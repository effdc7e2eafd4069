import { describe, expect, it } from 'vitest';
import { cluesOf, upstreamOf } from '../../../../renderer/state/cause.ts';
import type { ChangeEvent, Service } from '../../../../shared/model/service.ts';
import { MINUTE_MS } from '../../../../shared/unit/time.ts';
import { incident } from '../../../support/window/fleet-incident.ts';

const startedAt = 1_800_000_000_000;
const service = (id: string, dependsOn: string[]): [string, Service] => [
  id,
  { id, title: id, owner: '', tier: 1, dependsOn, links: {} },
];
const catalogue = new Map([
  service('gateway', ['ranking']),
  service('ranking', ['store', 'gateway']),
  service('store', []),
]);
const change = (id: string, of: string, minutes: number): ChangeEvent => ({
  id,
  at: startedAt + minutes * MINUTE_MS,
  service: of,
  what: 'deploy',
  from: 'v1',
  to: 'v2',
});
const slow = incident({ id: 'i', name: 'INC-1', title: 't', service: 'gateway', openedAt: startedAt });

describe('what changed', () => {
  it('reaches all that a service depends on, cycles included', () => {
    expect([...upstreamOf(['gateway'], catalogue)].sort()).toEqual(['gateway', 'ranking', 'store']);
  });

  it('suspects the last change before the start, and puts it first', () => {
    const clues = cluesOf(
      slow,
      [change('early', 'store', -50), change('last', 'ranking', -3), change('after', 'gateway', 2)],
      [],
      catalogue,
    );
    expect(clues.map((clue) => clue.kind === 'change' && [clue.change.id, clue.suspected])).toEqual([
      ['last', true],
      ['early', false],
      ['after', false],
    ]);
  });

  it('suspects a change that the next poll saw, some seconds after its first failures', () => {
    const clues = cluesOf(
      slow,
      [change('old', 'store', -50), change('seen late', 'ranking', 0.1)],
      [],
      catalogue,
    );
    expect(clues[0]).toMatchObject({ suspected: true, change: { id: 'seen late' } });
  });

  it('knows no suspect where nothing changed before', () => {
    const clues = cluesOf(slow, [change('after', 'gateway', 2)], [], catalogue);
    expect(clues.some((clue) => clue.kind === 'change' && clue.suspected)).toBe(false);
  });

  it('leaves out other services and what is too long ago', () => {
    expect(
      cluesOf(slow, [change('other', 'billing', -1), change('old', 'gateway', -121)], [], catalogue),
    ).toEqual([]);
  });
});
