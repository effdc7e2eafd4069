import { partsOf } from '../../shared/config/channel-template.ts';
import type { Message } from './message.ts';

/** What a value of a field is called on the other side: `priority: { P0: critical }`. */
export type Words = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Text with its placeholders filled. A field without a value is empty. */
export function fillText(template: string, message: Message, words: Words = {}): string {
  return fill(template, message, words, (text) => text);
}

/** The same inside an address: no value can leave the place it stands in. */
export function fillUrl(template: string, message: Message, words: Words): string {
  return fill(template, message, words, encodeURIComponent);
}

/** JSON of the template's shape; a text that is one placeholder alone, of a field without a value, is null. */
export function fillJson(template: unknown, message: Message, words: Words): unknown {
  if (typeof template === 'string') {
    const [first, ...more] = partsOf(template);
    const alone = first !== undefined && typeof first !== 'string' && more.length === 0;
    return alone && fieldValue(first.field, message) === null ? null : fillText(template, message, words);
  }
  if (Array.isArray(template)) return template.map((one) => fillJson(one, message, words));
  if (template === null || typeof template !== 'object') return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, fillJson(value, message, words)]),
  );
}

function fill(template: string, message: Message, words: Words, encode: (text: string) => string): string {
  return partsOf(template)
    .map((part) => {
      if (typeof part === 'string') return part;
      const value = fieldValue(part.field, message) ?? '';
      const own = words[part.field];
      const said = own && Object.hasOwn(own, value) ? (own[value] ?? value) : value;
      return encode(part.length === null ? said : cut(said, part.length));
    })
    .join('');
}

function fieldValue(field: string, message: Message): string | null {
  return Object.hasOwn(message, field) ? message[field as keyof Message] : null;
}

/** By characters as people count them: half of one is none, and no JSON either. */
function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, Math.max(0, length - 1)).join('')}…`;
}
