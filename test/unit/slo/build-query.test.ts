import { describe, expect, it } from 'vitest';
import { densityQuery, presenceQuery } from '../../../main/slo/build-query.ts';
import { increaseQuery, readCounter } from '../../../main/slo/index.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/unit/time.ts';

function counter(text: string) {
  const read = readCounter(text);
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
}

describe('an indicator', () => {
  it('that is a plain selector is counted by increase over the window', () => {
    const bad = counter('http_requests_total{code=~"5..",path!="/"}');
    expect(increaseQuery(bad, 5 * MINUTE_MS)).toBe(
      'sum(increase(http_requests_total{code=~"5..",path!="/"}[5m]))',
    );
    expect(increaseQuery(bad, 3 * DAY_MS)).toContain('[3d]');
    expect(increaseQuery(bad, 2500)).toContain('[2500ms]');
  });

  it('keeps hostile label values as they are and drops comments, which would swallow the bracket', () => {
    expect(increaseQuery(counter('# all\n a{b="$window) # \\" }"} # mine'), 60_000)).toBe(
      'sum(increase(a{b="$window) # \\" }"}[1m]))',
    );
  });

  it('that names its window has it filled in, in each of the spellings', () => {
    for (const place of ['$window', '{{.window}}', '{{ .window }}', '${' + 'window}']) {
      const query = increaseQuery(counter(`increase(a[${place}]) - increase(b[${place}])`), 60_000);
      expect(query).toBe('sum(increase(a[1m]) - increase(b[1m]))');
    }
  });

  it('that takes a rate is multiplied back to events, so that minimums count events', () => {
    expect(increaseQuery(counter('sum(rate(a[$window]))'), 5 * MINUTE_MS)).toBe(
      'sum(sum(rate(a[5m]))) * 300',
    );
  });

  it('that is neither is refused with what to write instead', () => {
    for (const text of ['sum(a)', 'rate(a[5m])', 'a offset 1h', '1', 'a + b', '$window', 'a + $window']) {
      const read = readCounter(text);
      expect(read.ok ? text : read.error.code).toBe('unsupported');
      expect(read.ok ? text : read.error.message).toContain('[$window]');
    }
    for (const text of ['', 'a{', 'a b', 'sum(', 'increase(a[$window]']) {
      const read = readCounter(text);
      expect(read.ok ? text : read.error.code).toBe('parse');
    }
  });

  it('tells presence and density only of selectors that Midwatch understands', () => {
    expect(presenceQuery(counter('a'))).toBe('count(a)');
    expect(presenceQuery(counter('increase(a[$window])'))).toBe('sum(increase(a[5m]))');
    expect(densityQuery(counter('a'), 60_000)).toBe('max(count_over_time(a[1m]))');
    expect(densityQuery(counter('increase(a[$window])'), 60_000)).toBeNull();
  });
});
