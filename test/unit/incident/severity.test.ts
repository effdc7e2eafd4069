import { describe, expect, it } from 'vitest';
import { deadlines, type Impact, respondSpend, suggestSeverity } from '../../../main/incident/severity.ts';
import { deriveTimes } from '../../../main/incident/times.ts';
import { oneLine, titleOf } from '../../../main/incident/words.ts';
import type { Service } from '../../../shared/model/service.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { alertOf, incidentOf, NOW, objectiveStatus } from '../../support/incident.ts';

const service = (id: string, tier: number): Service => ({
  id,
  title: id,
  owner: 'o',
  tier,
  dependsOn: [],
  links: {},
});
const services = [service('gateway', 1), service('ranking', 1), service('search', 1), service('batch', 3)];
const impact = (change: Partial<Impact> = {}): Impact => ({
  priority: 'P0',
  service: 'gateway',
  failingShare: null,
  ...change,
});
const suggest = (...impacts: Impact[]) => suggestSeverity(impacts, services);

describe('the suggested severity', () => {
  it('shows its arithmetic', () => {
    expect(suggest(impact({ failingShare: 0.035 }))).toEqual({
      severity: 'SEV-2',
      arithmetic: '3.5 % of requests fail, under 50 %; P0 → SEV-2',
    });
  });

  it('is SEV-1 from half of a tier-1 service on, and not of a lesser one', () => {
    expect(suggest(impact({ failingShare: 0.5 }))).toEqual({
      severity: 'SEV-1',
      arithmetic: '50 % of requests fail on gateway (tier 1), 50 % or more → SEV-1',
    });
    expect(suggest(impact({ failingShare: 0.499 }))?.severity).toBe('SEV-2');
    expect(suggest(impact({ failingShare: 1, service: 'batch' }))).toMatchObject({
      severity: 'SEV-2',
      arithmetic: expect.stringContaining('not a tier-1 service'),
    });
  });

  it('takes a service that the catalogue does not name for tier 1, and says so', () => {
    expect(suggest(impact({ failingShare: 1, service: 'new' }))?.arithmetic).toContain('counted as tier 1');
  });

  it('is SEV-1 where half of the tier-1 services are hit, and one alone is no reach', () => {
    expect(suggest(impact(), impact({ service: 'ranking' }))?.arithmetic).toBe(
      '2 of 3 tier-1 services are hit, half or more → SEV-1',
    );
    expect(suggestSeverity([impact()], [service('gateway', 1)])?.severity).toBe('SEV-2');
  });

  it('follows the most urgent priority otherwise: P1 like P0, P2 lower, P3 none; unmeasured is said, not zero', () => {
    expect(suggest(impact({ priority: 'P1' }))).toEqual({
      severity: 'SEV-2',
      arithmetic: 'The failing share is not measured; P1 → SEV-2',
    });
    expect(suggest(impact({ priority: 'P2' }))?.severity).toBe('SEV-3');
    expect(suggest(impact({ priority: 'P2' }), impact({ service: 'batch' }))?.severity).toBe('SEV-2');
    expect(suggest(impact({ priority: 'P3' }))).toBeNull();
    expect(suggest()).toBeNull();
  });
});

describe('targets', () => {
  it('are compared with the budget', () => {
    expect(respondSpend('SEV-1', 0.999, 28 * DAY_MS).words).toBe(
      '15 m to respond spends 37 % of a 99.9 % budget',
    );
    expect(respondSpend('SEV-1', 0.999, 30 * DAY_MS).fraction).toBeCloseTo(15 / 43.2, 6);
  });

  it('become deadlines, and only the response to a SEV-3 counts business hours', () => {
    expect(deadlines('SEV-1', NOW)).toEqual({
      respondByAt: NOW + 15 * MINUTE_MS,
      resolveByAt: NOW + HOUR_MS,
    });
    expect(deadlines('SEV-2', NOW, () => 7)).toEqual({
      respondByAt: NOW + 30 * MINUTE_MS,
      resolveByAt: NOW + 4 * HOUR_MS,
    });
    expect(deadlines('SEV-3', NOW, (at, ms) => at + 3 * ms)).toEqual({
      respondByAt: NOW + 6 * HOUR_MS,
      resolveByAt: NOW + DAY_MS,
    });
  });

  it('have times beside them that are derived and unknown until they happened', () => {
    expect(deriveTimes(incidentOf({ acknowledgedAt: NOW + 5 }))).toEqual({
      detectMs: 60_000,
      acknowledgeMs: 5,
      mitigateMs: null,
      recoverMs: null,
      resolveMs: null,
    });
  });
});

describe('titles', () => {
  it('read as a person would write them, with the counts of the window the burn is of', () => {
    expect(titleOf(alertOf(), objectiveStatus())).toBe(
      'gateway-availability burns at 35.7×: 5 of 140 requests failed',
    );
    expect(titleOf(alertOf(), undefined)).toBe('gateway-availability burns at 35.7×');
    expect(titleOf(alertOf({ kind: 'absence', title: 'gateway is gone' }), undefined)).toBe(
      'gateway is gone',
    );
  });

  it('are one line whatever a label holds', () => {
    expect(oneLine('a\n\u0000b\u2028c \u202e d')).toBe('a b c d');
    expect([...oneLine('x'.repeat(999))]).toHaveLength(200);
  });
});
