import { describe, expect, it } from 'vitest';
import { compileMatchers } from '../../../main/store/index.ts';

describe('matchers', () => {
  it('take an absent label for the empty text', () => {
    const labels = { __name__: 'up', job: 'a' };
    expect(compileMatchers([{ name: 'zone', op: '=', value: '' }])(labels)).toBe(true);
    expect(compileMatchers([{ name: 'zone', op: '!=', value: '' }])(labels)).toBe(false);
    expect(compileMatchers([{ name: 'constructor', op: '=', value: '' }])(labels)).toBe(true);
    expect(compileMatchers([{ name: 'job', op: '!~', value: 'b.*' }])(labels)).toBe(true);
  });
});
