import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../main/workspace/line-diff.ts';
import { type DocumentEdit, editYaml, writeYaml } from '../../../main/workspace/yaml-edit.ts';
import { readYaml } from '../../../main/workspace/yaml-reader.ts';
import { WorkspaceEdit, type WorkspaceEditInput } from '../../../shared/config/edit.ts';
import { DEMO_WORKSPACE } from '../../support/workspace.ts';

type Change = Pick<WorkspaceEditInput, 'kind'> & Record<string, unknown>;

function edited(text: string, ...changes: Change[]): string {
  const result = editYaml(text, changes.map(asEdit));
  if (!result.ok) throw new Error(result.problem.message);
  return result.text;
}

function refusal(text: string, ...changes: Change[]): string {
  const result = editYaml(text, changes.map(asEdit));
  return result.ok ? `written: ${result.text}` : result.problem.message;
}

function asEdit(change: Change): DocumentEdit {
  return WorkspaceEdit.parse({ file: 'midwatch.yaml', ...change }) as DocumentEdit;
}

const SOURCES = `# who is watched
name:   shop   # the name stays

sources:
    # the main one
    - id: prom      # aligned
      url: 'http://one'
      labels: {a: 1,b: 2}


    - { id: other, url: http://two }
# the end
`;

describe('an edit of YAML', () => {
  it('changes one value and leaves every other byte alone', () => {
    const after = edited(SOURCES, {
      kind: 'set',
      path: ['sources', { where: 'id', is: 'other' }, 'url'],
      value: 'http://three',
    });
    expect(after).toBe(SOURCES.replace('http://two', 'http://three'));
  });

  it('adds to a list at its end, in the indentation that the file has', () => {
    const after = edited(SOURCES, {
      kind: 'insert',
      path: ['sources'],
      value: { id: 'new', url: 'http://n' },
    });
    expect(after).toBe(
      SOURCES.replace('http://two }\n', 'http://two }\n    - id: new\n      url: http://n\n'),
    );
  });

  it('adds in the middle, takes away, and keeps the comments of what stays', () => {
    const inserted = edited(SOURCES, { kind: 'insert', path: ['sources'], at: 1, value: { id: 'mid' } });
    expect(readYaml(inserted).documents[0]?.value).toMatchObject({
      sources: [{ id: 'prom' }, { id: 'mid' }, { id: 'other' }],
    });
    expect(inserted).toContain('# aligned');
    const removed = edited(SOURCES, { kind: 'remove', path: ['sources', 1] });
    expect(removed).toContain('# the main one');
    expect(removed).toContain('# the end');
    expect(removed).not.toContain('other');
  });

  it('makes a list or keys where there are none, also in an empty file', () => {
    expect(edited('', { kind: 'insert', path: ['services'], value: { id: 'a' } })).toBe(
      'services:\n  - id: a\n',
    );
    expect(edited('services:\n', { kind: 'insert', path: ['services'], value: { id: 'a' } })).toBe(
      'services:\n  - id: a\n',
    );
    expect(
      edited('services: [] # none\n', { kind: 'insert', path: ['services'], value: { id: 'a' } }),
    ).toContain('# none');
    expect(edited('a: 1\n', { kind: 'set', path: ['b', 'c'], value: true })).toBe('a: 1\nb:\n  c: true\n');
  });

  it('finds a document among several by what stands in it', () => {
    const text = readFileSync(`${DEMO_WORKSPACE}slos/gateway.yaml`, 'utf8');
    const document = { where: ['metadata', 'name'], is: 'gateway-latency' };
    const after = edited(text, {
      kind: 'set',
      document,
      path: ['spec', 'objectives', 0, 'target'],
      value: 0.95,
    });
    const changed = linesOf(after).filter((line, index) => line !== linesOf(text)[index]);
    expect(changed).toEqual(['    - target: 0.95']);
    expect(
      refusal(text, { kind: 'set', document: { ...document, is: 'nobody' }, path: ['kind'], value: 1 }),
    ).toContain('expected a document with metadata.name: "nobody"');
  });

  it('keeps several edits of one file in their order', () => {
    const after = edited(
      'list: [1]\n',
      { kind: 'insert', path: ['list'], value: 2 },
      { kind: 'remove', path: ['list', 0] },
      { kind: 'set', path: ['list', 0], value: 3 },
    );
    expect(readYaml(after).documents[0]?.value).toEqual({ list: [3] });
  });

  it.each([
    ['a place that is not there', 'a: [1]', ['a', 4], 'expected one of the 1 items of a, got number 4'],
    [
      'an item that is not there',
      'a: [{ id: x }]',
      ['a', { where: 'id', is: 'y' }],
      'expected an item with id: "y" in a',
    ],
    ['keys of a text', 'a: text', ['a', 'b'], 'expected keys at a'],
    ['an index of keys', 'a: { b: 1 }', ['a', 0], 'expected a list at a'],
    ['a prototype', 'a: { b: 1 }', ['a', '__proto__'], 'expected another name than __proto__'],
  ])('refuses %s', (_, text, path, message) => {
    expect(refusal(text, { kind: 'set', path, value: 1 })).toContain(message);
  });

  it('refuses to take away what is not there, and to change a file that is no YAML', () => {
    expect(refusal('a: 1', { kind: 'remove', path: ['b'] })).toContain('there is nothing');
    expect(refusal('a: 1', { kind: 'remove', path: ['b', 'c'] })).toContain('there is nothing');
    expect(refusal('a: 1', { kind: 'remove', path: [] })).toContain('delete the file');
    expect(refusal('a: [1', { kind: 'set', path: ['a'], value: 1 })).toContain('mend the file');
  });

  it('refuses a change that an anchor would carry to other places', () => {
    const text = 'one: &shared { q: 1, r: 1 }\ntwo: *shared\n';
    expect(refusal(text, { kind: 'set', path: ['one', 'q'], value: 2 })).toContain('an anchor');
    expect(refusal(text, { kind: 'set', path: ['two', 'q'], value: 2 })).toContain('make it in an editor');
    expect(edited(`${text}three: 3\n`, { kind: 'set', path: ['three'], value: 4 })).toBe(`${text}three: 4\n`);
  });

  it('says exactly what was asked, for any value and any text', () => {
    const scalar = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        scalar,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('value'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(value, (wanted) => {
        const result = editYaml(SOURCES, [
          asEdit({ kind: 'set', path: ['sources', 0, 'labels'], value: wanted }),
        ]);
        if (!result.ok) throw new Error(result.problem.message);
        expect(readYaml(result.text).documents[0]?.value).toMatchObject({
          name: 'shop',
          sources: [{ id: 'prom' }, {}],
        });
        const read = readYaml(result.text).documents[0]?.value as { sources: { labels: unknown }[] };
        expect(read.sources[0]?.labels).toEqual(JSON.parse(JSON.stringify(wanted)));
        for (const comment of ['# who is watched', '# the name stays', '# the main one', '# the end'])
          expect(result.text).toContain(comment);
      }),
      { numRuns: 60 },
    );
  });

  it('writes new files of one document or several', () => {
    const text = writeYaml([
      { query: 'sum(rate(http_requests_total{code=~"5.."}[5m]))', list: [{ a: 1 }] },
      { b: 2 },
    ]);
    expect(text).toBe('query: sum(rate(http_requests_total{code=~"5.."}[5m]))\nlist:\n  - a: 1\n---\nb: 2\n');
    expect(readYaml(text).documents.map((one) => one.value)).toHaveLength(2);
  });
});
