import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { escapeMarkdown, safeFileName, table, utc, yamlText } from '../../../main/postmortem/markdown.ts';

const markdown = new MarkdownIt({ html: true, linkify: true });
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        '`',
        '*',
        '_',
        '[',
        '](',
        'x)',
        '<b>',
        '&lt;',
        '|',
        '\n',
        '# ',
        '- ',
        '1. ',
        '![',
        'http://e.example',
        '\\',
        '~~',
        '---',
        'www.e.example',
        '>',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

describe('hostile text in Markdown', () => {
  it('is never markup, a link, a heading, a list or a new line', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const html = markdown.render(`x ${escapeMarkdown(text)}`);
        expect(html).toMatch(/^<p>[^<>]*<\/p>\n$/);
      }),
    );
  });

  it('at the start of a line starts no block', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const escaped = escapeMarkdown(text);
        fc.pre(escaped !== '');
        expect(markdown.render(escaped)).toMatch(/^<p>[^<>]*<\/p>\n$/);
      }),
    );
  });

  it('stays in its cell', () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        const html = markdown.render(table(['A', 'B'], [[escapeMarkdown(a), escapeMarkdown(b)]]));
        expect(html.match(/<td>/g)).toHaveLength(2);
        expect(html.match(/<tr>/g)).toHaveLength(2);
      }),
    );
  });

  it('keeps ordinary words as they are', () => {
    expect(escapeMarkdown('4 of 120 failed, 3.3 %, 35.7× budget')).toBe(
      '4 of 120 failed, 3.3 %, 35.7× budget',
    );
    expect(markdown.renderInline(escapeMarkdown('ranking_model<v42>'))).toBe('ranking_model&lt;v42&gt;');
  });
});

describe('front matter and names', () => {
  it('reads back as the very text', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(parse(`title: ${yamlText(text)}\n`)).toEqual({ title: text.toWellFormed() });
      }),
    );
  });

  it('is safe on each file system', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(safeFileName(text)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(safeFileName(text).length).toBeLessThanOrEqual(60);
      }),
    );
    expect(safeFileName('../../etc/passwd')).toBe('etc-passwd');
    expect(safeFileName('Größe über 9000!')).toBe('gro-e-uber-9000');
    expect(safeFileName('…')).toBe('untitled');
  });

  it('writes instants with their zone', () => {
    expect(utc(Date.UTC(2026, 10, 24, 1, 52, 40))).toBe('2026-11-24 01:52:40 UTC');
  });
});
