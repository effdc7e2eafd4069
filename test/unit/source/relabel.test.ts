import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRelabel } from '../../../main/source/relabel/relabel.ts';
import { RelabelRule } from '../../../shared/config/relabel.ts';
import type { Labels } from '../../../shared/model/metric.ts';

const SERIES: Labels = { __name__: 'http_requests_total', job: 'api', instance: 'host-7:9090', path: '/Pay' };

function relabel(rules: readonly Record<string, unknown>[], labels: Labels = SERIES): Labels | null {
  return compileRelabel(rules.map((rule) => RelabelRule.parse(rule)))(labels);
}

describe('relabelling', () => {
  it('without rules gives the labels as they are', () => {
    expect(relabel([])).toEqual(SERIES);
  });

  it('replaces a label by what its groups matched', () => {
    const rule = {
      source_labels: ['instance'],
      regex: '([^:]+):(\\d+)',
      target_label: 'host',
      replacement: '$1',
    };
    expect(relabel([rule])).toEqual({ ...SERIES, host: 'host-7' });
  });

  it('leaves a series alone whose value does not match', () => {
    expect(relabel([{ source_labels: ['job'], regex: 'db', target_label: 'x', replacement: 'y' }])).toEqual(
      SERIES,
    );
  });

  it('joins several labels by the separator', () => {
    const rule = { source_labels: ['job', 'path'], separator: '@', target_label: 'key', replacement: '$1' };
    expect(relabel([rule])?.key).toBe('api@/Pay');
  });

  it('takes a label away that is set to the empty text', () => {
    expect(relabel([{ target_label: 'path', replacement: '' }])).not.toHaveProperty('path');
  });

  it('can make the name of the label from the value, but only a name that is one', () => {
    const rule = { source_labels: ['job'], target_label: 'is_${1}', replacement: 'yes' };
    expect(relabel([rule])?.is_api).toBe('yes');
    expect(relabel([rule], { ...SERIES, job: 'a b"c' })).toEqual({ ...SERIES, job: 'a b"c' });
  });

  it.each([
    ['keep', 'api', true],
    ['keep', 'db', false],
    ['drop', 'api', false],
    ['drop', 'db', true],
  ])('%s with %s leaves the series: %s', (action, regex, stays) => {
    expect(relabel([{ source_labels: ['job'], regex, action }]) !== null).toBe(stays);
  });

  it('keepequal and dropequal compare two labels', () => {
    const same = { source_labels: ['job'], target_label: 'app', action: 'keepequal' };
    expect(relabel([same], { ...SERIES, app: 'api' })).not.toBeNull();
    expect(relabel([same], { ...SERIES, app: 'db' })).toBeNull();
    expect(relabel([{ ...same, action: 'dropequal' }], { ...SERIES, app: 'api' })).toBeNull();
    expect(relabel([{ ...same, action: 'dropequal' }])).not.toBeNull();
  });

  it('labelmap copies labels under new names, labeldrop and labelkeep choose by name', () => {
    expect(relabel([{ regex: '(job)', replacement: 'the_$1', action: 'labelmap' }])?.the_job).toBe('api');
    expect(relabel([{ regex: 'path|instance', action: 'labeldrop' }])).toEqual({
      __name__: 'http_requests_total',
      job: 'api',
    });
    expect(relabel([{ regex: '__name__|job', action: 'labelkeep' }])).toEqual({
      __name__: 'http_requests_total',
      job: 'api',
    });
  });

  it('changes case', () => {
    expect(relabel([{ source_labels: ['path'], target_label: 'path', action: 'lowercase' }])?.path).toBe(
      '/pay',
    );
    expect(relabel([{ source_labels: ['path'], target_label: 'path', action: 'uppercase' }])?.path).toBe(
      '/PAY',
    );
  });

  it('hashes as Prometheus does: the last eight bytes of the MD5', () => {
    // md5('api') = 8a5da52ed126447d359e70c05721a8aa
    const expected = String(0x359e70c05721a8aan % 16n);
    expect(
      relabel([{ source_labels: ['job'], target_label: 'shard', modulus: 16, action: 'hashmod' }])?.shard,
    ).toBe(expected);
  });

  it('applies rules in order, and stops at the one that drops', () => {
    const rules = [
      { source_labels: ['job'], target_label: 'tmp', replacement: 'gone' },
      { source_labels: ['tmp'], regex: 'gone', action: 'drop' },
    ];
    expect(relabel(rules)).toBeNull();
  });

  it('never changes the labels that it was given, whatever they hold', () => {
    const text = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('job', 'path', '__proto__', 'x'), text), (labels) => {
        const before = JSON.stringify(labels);
        relabel([{ source_labels: ['job'], target_label: 'path', replacement: '$1$1' }], labels);
        expect(JSON.stringify(labels)).toBe(before);
      }),
    );
  });
});

describe('a relabel rule in a file', () => {
  it.each([
    [{ action: 'replace' }, 'needs target_label'],
    [{ action: 'hashmod', target_label: 'x' }, 'needs modulus'],
    [{ action: 'labeldrop', source_labels: ['job'] }, 'means nothing'],
    [{ action: 'lowercase', target_label: '$1' }, 'cannot hold a reference'],
    [{ source_labels: ['9'] }, 'is not a label name'],
  ])('%j is refused: %s', (rule, message) => {
    const parsed = RelabelRule.safeParse(rule);
    expect(parsed.error?.issues.map((issue) => issue.message).join()).toContain(message);
  });

  it('with an expression that is not RE2 is refused by name', () => {
    expect(() => relabel([{ regex: '(', target_label: 'x' }])).toThrowError(
      expect.objectContaining({ code: 'bad-regex' }),
    );
  });
});
