/** One part of what somebody looks for: a word anywhere in a span, or a comparison of one attribute. */
export type SpanTerm =
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'equal'; readonly key: string; readonly value: string }
  | { readonly kind: 'less' | 'more'; readonly key: string; readonly value: number };

/** Each is a condition of the question; more of them are nobody's. */
const TERMS_MAX = 12;

/** Reads `word`, `key=value`, `key="two words"`, `key<0.5` and `key>0.5`; whatever is not a comparison is a word. */
export function termsOf(text: string): SpanTerm[] {
  const parts = text.match(/[^\s"=<>]+[=<>]"[^"]*"|"[^"]*"|\S+/g) ?? [];
  return parts.slice(0, TERMS_MAX).map(termOf);
}

function termOf(part: string): SpanTerm {
  const [, key, operator, rest = ''] = /^([^\s"=<>]+)([=<>])(.+)$/s.exec(part) ?? [];
  const value = /^"(.*)"$/s.exec(rest)?.[1] ?? rest;
  if (key === undefined) return { kind: 'word', word: /^"(.*)"$/s.exec(part)?.[1] ?? part };
  if (operator === '=') return { kind: 'equal', key, value };
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) return { kind: 'word', word: part };
  return { kind: operator === '<' ? 'less' : 'more', key, value: number };
}

/** A condition of SQL over the table of spans, with the values that it binds. */
export interface TermCondition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

export function conditionOf(term: SpanTerm): TermCondition {
  switch (term.kind) {
    case 'word':
      return wordCondition(term.word);
    case 'equal':
      return {
        // Of true and false json_extract makes 1 and 0.
        sql: `CASE json_type(attributes, ?) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'
          ELSE CAST(json_extract(attributes, ?) AS TEXT) END = ?`,
        values: [pathOf(term.key), pathOf(term.key), term.value],
      };
    case 'less':
    case 'more':
      return {
        sql: `json_type(attributes, ?) IN ('integer', 'real') AND json_extract(attributes, ?) ${term.kind === 'less' ? '<' : '>'} ?`,
        values: [pathOf(term.key), pathOf(term.key), term.value],
      };
  }
}

function wordCondition(word: string): TermCondition {
  const anywhere = `%${escaped(word)}%`;
  // Attributes lie as JSON, in which some characters are written otherwise.
  const inJson = `%${escaped(JSON.stringify(word).slice(1, -1))}%`;
  const isHex = /^[0-9a-f]{4,32}$/i.test(word);
  return {
    sql: `name LIKE ? ESCAPE '!' OR attributes LIKE ? ESCAPE '!'${isHex ? ' OR hex(trace_id) LIKE ?' : ''}`,
    values: isHex ? [anywhere, inJson, `${word}%`] : [anywhere, inJson],
  };
}

function escaped(word: string): string {
  return word.replace(/[!%_]/g, '!$&');
}

/** The place of an attribute in JSON. Source: https://www.sqlite.org/json1.html#path_arguments */
function pathOf(key: string): string {
  return `$."${key}"`;
}
