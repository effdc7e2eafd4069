import { describe, expect, it } from 'vitest';
import { unwatchedOf } from '../../../main/app/unwatched.ts';
import type { SourceConfig } from '../../../shared/config/source.ts';
import type { Unwatched } from '../../../shared/model/watch.ts';

const span = (fromAt: number, toAt: number, cause: Unwatched['causes'][number] = 'failing'): Unwatched => ({
  fromAt,
  toAt,
  causes: [cause],
  filledAt: null,
});
const UNRECORDED = [span(0, 100, 'unrecorded')];
const KEPT: Readonly<Record<string, Unwatched[]>> = {
  scraped: [span(0, 10, 'unrecorded'), span(50, 60)],
  pushed: [span(0, 20, 'unrecorded'), span(55, 70, 'asleep')],
  prom: [span(57, 58)],
};
const ledger = { unwatched: (id: string) => KEPT[id] ?? UNRECORDED };
type Known = Pick<SourceConfig, 'id' | 'kind'>;
const SOURCES: Known[] = [
  { id: 'scraped', kind: 'exposition' },
  { id: 'pushed', kind: 'push' },
  { id: 'prom', kind: 'prometheus' },
  { id: 'alerts', kind: 'alertmanager' },
];
const ask = (asked: string, sources = SOURCES) => unwatchedOf(ledger, () => sources)(asked, 0, 100);

describe('when nobody watched', () => {
  it('a source of its own is what the ledger says of it', () => {
    expect(ask('scraped')).toEqual(KEPT.scraped);
    expect(ask('unknown')).toEqual(UNRECORDED);
  });

  it('what is stored here is the time in which none of its sources was watched', () => {
    expect(ask('local')).toEqual([
      span(0, 10, 'unrecorded'),
      { ...span(55, 60), causes: ['failing', 'asleep'] },
    ]);
  });

  it('all sources together asks those that are queried too', () => {
    expect(ask('joined')).toMatchObject([{ fromAt: 57, toAt: 58 }]);
  });

  it('a source that is called local is that source', () => {
    expect(ask('local', [...SOURCES, { id: 'local', kind: 'prometheus' }])).toEqual(UNRECORDED);
  });

  it('what no source brings was never watched', () => {
    expect(ask('local', [{ id: 'prom', kind: 'prometheus' }])).toEqual(UNRECORDED);
  });
});
