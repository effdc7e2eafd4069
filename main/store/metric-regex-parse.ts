/** A piece of a regular expression. `set` decides one code point. */
export type RegexNode =
  | { readonly kind: 'set'; readonly has: CodePointSet }
  | { readonly kind: 'sequence'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly part: RegexNode; readonly min: number; readonly max: number }
  | { readonly kind: 'assert'; readonly at: Assertion };

export type Assertion = 'start' | 'end' | 'line-start' | 'line-end' | 'word' | 'not-word';
export type CodePointSet = (codePoint: number) => boolean;

/** Thrown for text that is no RE2 expression, or one that cannot be bounded. */
export class RegexError extends Error {}

/** RE2's own bound: a counted repetition beyond it is refused. */
const REPEAT_MAX = 1000;
const DEPTH_MAX = 100;

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiLine: boolean;
  readonly dotAll: boolean;
}

const CLASSES: Readonly<Record<string, CodePointSet>> = {
  d: range(48, 57),
  w: anyOf([range(48, 57), range(65, 90), range(97, 122), one(95)]),
  s: anyOf([range(9, 10), range(12, 13), one(32)]),
};

const POSIX: Readonly<Record<string, CodePointSet>> = {
  alnum: anyOf([range(48, 57), range(65, 90), range(97, 122)]),
  alpha: anyOf([range(65, 90), range(97, 122)]),
  ascii: range(0, 127),
  blank: anyOf([one(9), one(32)]),
  cntrl: anyOf([range(0, 31), one(127)]),
  digit: range(48, 57),
  graph: range(33, 126),
  lower: range(97, 122),
  print: range(32, 126),
  punct: anyOf([range(33, 47), range(58, 64), range(91, 96), range(123, 126)]),
  space: anyOf([range(9, 13), one(32)]),
  upper: range(65, 90),
  word: anyOf([range(48, 57), range(65, 90), range(97, 122), one(95)]),
  xdigit: anyOf([range(48, 57), range(65, 70), range(97, 102)]),
};

const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** Reads RE2 syntax (https://github.com/google/re2/wiki/Syntax); what it has no word for is a RegexError. */
export function parseRegex(text: string): RegexNode {
  const parser = new Parser(Array.from(text));
  return parser.whole();
}

class Parser {
  private at = 0;
  private depth = 0;
  private readonly chars: readonly string[];

  constructor(chars: readonly string[]) {
    this.chars = chars;
  }

  whole(): RegexNode {
    const node = this.choice({ ignoreCase: false, multiLine: false, dotAll: true });
    if (this.at < this.chars.length) throw new RegexError('it closes a group that was not opened');
    return node;
  }

  private choice(outer: Flags): RegexNode {
    this.depth += 1;
    if (this.depth > DEPTH_MAX) throw new RegexError('its groups are nested too deep');
    const parts: RegexNode[] = [];
    let flags = outer;
    let sequence: RegexNode[] = [];
    for (let next = this.peek(); next !== undefined && next !== ')'; next = this.peek()) {
      if (next === '|') {
        this.at += 1;
        parts.push({ kind: 'sequence', parts: sequence });
        sequence = [];
        continue;
      }
      const changed = this.flagsOnly(flags);
      if (changed) flags = changed;
      else sequence.push(this.repeated(flags));
    }
    this.depth -= 1;
    const last: RegexNode = { kind: 'sequence', parts: sequence };
    return parts.length === 0 ? last : { kind: 'choice', parts: [...parts, last] };
  }

  /** `(?i)` holds to the end of the group that it stands in. */
  private flagsOnly(flags: Flags): Flags | undefined {
    if (!this.sees('(?')) return undefined;
    const close = this.chars.indexOf(')', this.at);
    const inner = this.chars.slice(this.at + 2, close < 0 ? this.at + 2 : close).join('');
    if (!/^[imsU-]+$/.test(inner)) return undefined;
    this.at = close + 1;
    return withFlags(flags, inner);
  }

  private repeated(flags: Flags): RegexNode {
    let node = this.atom(flags);
    for (;;) {
      const bounds = this.bounds();
      if (!bounds) return node;
      this.take('?');
      if (bounds.max < bounds.min) throw new RegexError('it repeats at most less often than at least');
      node = { kind: 'repeat', part: node, ...bounds };
    }
  }

  private bounds(): { min: number; max: number } | undefined {
    if (this.take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.take('?')) return { min: 0, max: 1 };
    if (this.peek() !== '{') return undefined;
    const rest = this.chars.slice(this.at, this.at + 12).join('');
    const match = /^\{(\d+)(,(\d*))?\}/.exec(rest);
    // As in RE2, a brace that counts nothing is a brace.
    if (!match) return undefined;
    this.at += match[0].length;
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] ? Number(match[3]) : Number.POSITIVE_INFINITY;
    if (min > REPEAT_MAX || (Number.isFinite(max) && max > REPEAT_MAX))
      throw new RegexError(`it repeats more than ${REPEAT_MAX} times`);
    return { min, max };
  }

  private atom(flags: Flags): RegexNode {
    const char = this.next();
    switch (char) {
      case '(':
        return this.group(flags);
      case '[':
        return { kind: 'set', has: this.bracket(flags) };
      case '.':
        return { kind: 'set', has: flags.dotAll ? () => true : (code) => code !== 10 };
      case '^':
        return { kind: 'assert', at: flags.multiLine ? 'line-start' : 'start' };
      case '$':
        return { kind: 'assert', at: flags.multiLine ? 'line-end' : 'end' };
      case '*':
      case '+':
      case '?':
        throw new RegexError(`'${char}' has nothing to repeat`);
      case '\\':
        return this.escape(flags);
      default:
        return literal(char, flags);
    }
  }

  private group(outer: Flags): RegexNode {
    let flags = outer;
    if (this.take('?')) {
      const head = /^(?:P?<(\w+)>|([imsU-]*):)/.exec(this.chars.slice(this.at, this.at + 80).join(''));
      if (!head) throw new RegexError('it has a group of a kind that RE2 does not know');
      this.at += Array.from(head[0]).length;
      flags = withFlags(outer, head[2] ?? '');
    }
    const node = this.choice(flags);
    if (!this.take(')')) throw new RegexError('a group is not closed');
    return node;
  }

  private escape(flags: Flags): RegexNode {
    const char = this.next();
    if (char === 'A') return { kind: 'assert', at: 'start' };
    if (char === 'z') return { kind: 'assert', at: 'end' };
    if (char === 'b') return { kind: 'assert', at: 'word' };
    if (char === 'B') return { kind: 'assert', at: 'not-word' };
    if (char === 'Q') return this.quoted(flags);
    const set = this.classEscape(char);
    if (set) return { kind: 'set', has: set };
    return literal(String.fromCodePoint(this.codeEscape(char)), flags);
  }

  private quoted(flags: Flags): RegexNode {
    const parts: RegexNode[] = [];
    while (this.at < this.chars.length && !this.sees('\\E')) parts.push(literal(this.next(), flags));
    if (this.sees('\\E')) this.at += 2;
    return { kind: 'sequence', parts };
  }

  private classEscape(char: string): CodePointSet | undefined {
    const set = CLASSES[char.toLowerCase()];
    if (set && Object.hasOwn(CLASSES, char.toLowerCase()))
      return char === char.toLowerCase() ? set : not(set);
    if (char !== 'p' && char !== 'P') return undefined;
    let name = this.next();
    if (name === '{') {
      const close = this.chars.indexOf('}', this.at);
      if (close < 0) throw new RegexError('a character class is not closed');
      name = this.chars.slice(this.at, close).join('');
      this.at = close + 1;
    }
    const negated = name.startsWith('^') !== (char === 'P');
    const found = unicodeClass(name.replace(/^\^/, ''));
    return negated ? not(found) : found;
  }

  private codeEscape(char: string): number {
    if (Object.hasOwn(CONTROL, char)) return CONTROL[char] ?? 0;
    const rest = this.chars.slice(this.at, this.at + 10).join('');
    const hex = char === 'x' ? /^(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/.exec(rest) : null;
    const octal = /[0-7]/.test(char) ? /^[0-7]{1,3}/.exec(char + rest) : null;
    if (hex) {
      this.at += hex[0].length;
      const code = Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
      if (code <= 0x10ffff) return code;
    } else if (octal && (char === '0' || octal[0].length === 3)) {
      this.at += octal[0].length - 1;
      return Number.parseInt(octal[0], 8);
    } else if (!/[A-Za-z0-9]/.test(char) && (char.codePointAt(0) ?? 0) < 128) {
      return char.codePointAt(0) ?? 0;
    }
    throw new RegexError(`\\${char} means nothing in RE2`);
  }

  private bracket(flags: Flags): CodePointSet {
    const negated = this.take('^');
    const sets: CodePointSet[] = [];
    for (let first = true; ; first = false) {
      const char = this.next('a set in square brackets is not closed');
      if (char === ']' && !first) break;
      const posix =
        char === '[' ? /^:(\^?)([a-z]+):\]/.exec(this.chars.slice(this.at, this.at + 12).join('')) : null;
      if (posix) {
        const found = Object.hasOwn(POSIX, posix[2] ?? '') ? POSIX[posix[2] ?? ''] : undefined;
        if (!found) throw new RegexError(`[:${posix[2]}:] is not a class that RE2 knows`);
        this.at += posix[0].length;
        sets.push(posix[1] ? not(found) : found);
        continue;
      }
      const set = this.bracketItem(char, flags);
      sets.push(set);
    }
    const all = anyOf(sets);
    return negated ? not(all) : all;
  }

  private bracketItem(char: string, flags: Flags): CodePointSet {
    let low = char.codePointAt(0) ?? 0;
    if (char === '\\') {
      const escaped = this.next();
      const set = this.classEscape(escaped);
      if (set) return set;
      low = this.codeEscape(escaped);
    }
    let high = low;
    if (this.peek() === '-' && this.chars[this.at + 1] !== ']' && this.at + 1 < this.chars.length) {
      this.at += 1;
      const end = this.next();
      high = end === '\\' ? this.codeEscape(this.next()) : (end.codePointAt(0) ?? 0);
      if (high < low) throw new RegexError('a range in square brackets runs backwards');
    }
    const plain = range(low, high);
    return flags.ignoreCase ? (code) => otherCases(code).some(plain) : plain;
  }

  private peek(): string | undefined {
    return this.chars[this.at];
  }

  private sees(text: string): boolean {
    return this.chars[this.at] === text[0] && this.chars[this.at + 1] === text[1];
  }

  private take(char: string): boolean {
    if (this.chars[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  private next(otherwise = 'it ends too early'): string {
    const char = this.chars[this.at];
    if (char === undefined) throw new RegexError(otherwise);
    this.at += 1;
    return char;
  }
}

function withFlags(flags: Flags, letters: string): Flags {
  const [on = '', off = ''] = letters.split('-');
  const flag = (letter: string, now: boolean) => (now || on.includes(letter)) && !off.includes(letter);
  return {
    ignoreCase: flag('i', flags.ignoreCase),
    multiLine: flag('m', flags.multiLine),
    dotAll: flag('s', flags.dotAll),
  };
}

function literal(char: string, flags: Flags): RegexNode {
  const code = char.codePointAt(0) ?? 0;
  if (!flags.ignoreCase) return { kind: 'set', has: one(code) };
  const cases = new Set(otherCases(code));
  return { kind: 'set', has: (other) => cases.has(other) || otherCases(other).includes(code) };
}

function otherCases(code: number): number[] {
  const char = String.fromCodePoint(code);
  return [char, char.toLowerCase(), char.toUpperCase()]
    .filter((text) => Array.from(text).length === 1)
    .map((text) => text.codePointAt(0) ?? 0);
}

function unicodeClass(name: string): CodePointSet {
  if (!/^[A-Za-z_]+$/.test(name)) throw new RegexError(`\\p{${name}} is not a class that RE2 knows`);
  for (const property of [name, `Script=${name}`]) {
    try {
      const expression = new RegExp(`^\\p{${property}}$`, 'u');
      return (code) => expression.test(String.fromCodePoint(code));
    } catch (thrown) {
      if (!(thrown instanceof SyntaxError)) throw thrown;
    }
  }
  throw new RegexError(`\\p{${name}} is not a class that RE2 knows`);
}

function one(code: number): CodePointSet {
  return (other) => other === code;
}

function range(low: number, high: number): CodePointSet {
  return (code) => code >= low && code <= high;
}

function not(set: CodePointSet): CodePointSet {
  return (code) => !set(code);
}

function anyOf(sets: readonly CodePointSet[]): CodePointSet {
  return (code) => sets.some((set) => set(code));
}
