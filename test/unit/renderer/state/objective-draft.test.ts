import { describe, expect, it } from 'vitest';
import {
  draftDocument,
  draftEdits,
  draftOfProposal,
  draftProblem,
  EMPTY_DRAFT,
  identifier,
  type ObjectiveDraft,
} from '../../../../renderer/state/objective-draft.ts';
import {
  changeOf,
  correctionProblem,
  instantOf,
  instantText,
  placeOf,
} from '../../../../renderer/state/objective-past.ts';
import { hashOf, routeOf } from '../../../../renderer/state/route.ts';
import { OpenSloFile } from '../../../../shared/config/objective.ts';
import type { ObjectiveKind } from '../../../../shared/model/objective.ts';

const WHOLE: ObjectiveDraft = {
  ...EMPTY_DRAFT,
  name: 'Checkout works',
  service: 'shop',
  source: 'prom',
  counted: 'requests_total{code=~"5.."}',
  total: 'requests_total',
  limit: '100',
};

describe('an objective that is being written', () => {
  it('is an OpenSLO document of each kind that the workspace takes', () => {
    for (const kind of ['availability', 'latency', 'throughput', 'accuracy'] as ObjectiveKind[]) {
      const read = OpenSloFile.safeParse(draftDocument({ ...WHOLE, kind }));
      expect([kind, read.error?.issues]).toEqual([kind, undefined]);
      expect(draftProblem({ ...WHOLE, kind })).toBeNull();
    }
    const latency = draftDocument({ ...WHOLE, kind: 'latency', policy: 'fixed' });
    expect(latency.metadata.annotations).toEqual({
      'midwatch.dev/source': 'prom',
      'midwatch.dev/policy': 'fixed',
      'midwatch.dev/latency-threshold': '100ms',
    });
    expect(latency.spec.indicator.spec).toHaveProperty('ratioMetric.good');
    const accuracy = draftDocument({ ...WHOLE, kind: 'accuracy', limit: '0.9' });
    expect(accuracy.spec.objectives).toEqual([{ op: 'gte', value: 0.9, targetPercent: 99.9 }]);
    expect(accuracy.spec.budgetingMethod).toBe('Timeslices');
  });

  it('says what is missing, one thing at a time', () => {
    const said = (part: Partial<ObjectiveDraft>) => draftProblem({ ...WHOLE, ...part });
    expect(said({ name: ' ' })).toMatch(/name/);
    expect(said({ service: '' })).toMatch(/service/);
    expect(said({ total: '' })).toMatch(/counts all events/);
    expect(said({ counted: '' })).toMatch(/bad events/);
    expect(said({ kind: 'latency', limit: '' })).toMatch(/bucket boundary/);
    expect(said({ kind: 'throughput', limit: 'x' })).toMatch(/events a second/);
    expect(said({ kind: 'accuracy', total: '' })).toMatch(/PromQL/);
    for (const target of ['', '0', '100', 'x']) expect(said({ target })).toMatch(/percentage/);
    expect(said({ period: '28 days' })).toMatch(/28d/);
    expect(said({ target: '99,5' })).toBeNull();
  });

  it('brings its service along where the workspace does not know it', () => {
    expect(draftEdits(WHOLE, new Set(['shop'])).map((one) => one.kind)).toEqual(['create']);
    expect(draftEdits(WHOLE, new Set())[0]).toMatchObject({ file: 'services.yaml', value: { id: 'shop' } });
    expect(identifier('Größe & Maß!')).toBe('gro-e-ma');
    expect(identifier('…')).toBe('unnamed');
  });

  it('begins with what was proposed, and that gives the same document again', () => {
    const document = draftDocument({ ...WHOLE, kind: 'latency' });
    const proposal = {
      id: 'shop-latency',
      service: 'shop',
      title: 'Checkout works',
      kind: 'latency' as const,
      target: 0.999,
      observed: null,
      observedOverMs: null,
      reason: '',
      document,
    };
    const draft = draftOfProposal(proposal, 'prom');
    expect(draft && draftDocument(draft)).toEqual(document);
    expect(draftOfProposal({ ...proposal, document: { kind: 'other' } }, 'prom')).toBeNull();
  });
});

describe('what is asked of the past', () => {
  it('reads times of a correction in UTC and refuses what no budget should lose', () => {
    const now = Date.UTC(2026, 10, 28, 12);
    expect(instantOf('2026-11-28 02:00')).toBe(Date.UTC(2026, 10, 28, 2));
    expect(instantText(Date.UTC(2026, 10, 28, 2))).toBe('2026-11-28 02:00');
    for (const text of ['', 'yesterday', '2026-02-31 02:00', '2026-11-28 25:00'])
      expect([text, instantOf(text)]).toEqual([text, null]);
    const said = (from: string, to: string, reason = 'move') => correctionProblem(from, to, reason, now);
    expect(said('2026-11-28 02:00', '2026-11-28 03:00')).toBeNull();
    expect(said('x', '2026-11-28 03:00')).toMatch(/UTC/);
    expect(said('2026-11-28 03:00', '2026-11-28 03:00')).toMatch(/swap/);
    expect(said('2026-10-01 03:00', '2026-11-28 03:00')).toMatch(/31 days/);
    expect(said('2026-11-30 03:00', '2026-11-30 04:00')).toMatch(/maintenance window/);
    expect(said('2026-11-28 02:00', '2026-11-28 03:00', ' ')).toMatch(/why/);
  });

  it('reads a change from its fields', () => {
    const fields = { target: '99.9', threshold: '', policy: 'fixed' };
    expect(changeOf(fields)).toEqual({ target: 0.999, policy: 'fixed' });
    expect(changeOf({ ...fields, threshold: '250' })).toMatchObject({ thresholdMs: 250 });
    expect(changeOf({ ...fields, threshold: '-1' })).toMatch(/milliseconds/);
    expect(changeOf({ ...fields, target: '100' })).toMatch(/percentage/);
  });

  it('places an alert in its stretch, never outside and never too small to see', () => {
    const range = { fromAt: 0, toAt: 1_000 };
    expect(placeOf({ firedAt: 250, resolvedAt: 750 }, range)).toEqual({ left: 0.25, width: 0.5 });
    expect(placeOf({ firedAt: -50, resolvedAt: null }, range)).toEqual({ left: 0, width: 1 });
    const late = placeOf({ firedAt: 1_000, resolvedAt: 1_000 }, range);
    expect(late.left + late.width).toBeLessThanOrEqual(1);
    expect(late.width).toBeGreaterThan(0);
  });

  it('stands in the address', () => {
    for (const tab of ['alerts', 'spent', 'what-if', 'corrections'] as const) {
      const route = { screen: 'objectives', id: 'a/b', tab } as const;
      expect(routeOf(hashOf(route))).toEqual(route);
    }
    expect(routeOf('#/objectives/x/other')).toEqual({ screen: 'objectives', id: 'x' });
  });
});
