import { parseDuration } from '../../../shared/unit/time.ts';

/** What is wrong with a script, or what a script found wrong; the message begins with `file:line`. */
export class ScriptError extends Error {
  constructor(file: string, line: number, message: string) {
    super(`${file}:${line}: ${message}`);
    this.name = 'ScriptError';
  }
}

/** One line of a script, read word by word. Quotes, braces and brackets keep a word together. */
export class WordReader {
  private readonly words: readonly { readonly text: string; readonly from: number }[];
  private readonly source: string;
  private readonly where: { readonly file: string; readonly line: number };
  private at = 0;

  constructor(source: string, where: { readonly file: string; readonly line: number }) {
    this.source = source;
    this.where = where;
    this.words = split(source);
  }

  get done(): boolean {
    return this.at >= this.words.length;
  }

  fail(message: string): never {
    throw new ScriptError(this.where.file, this.where.line, `${message} in: ${this.source}`);
  }

  peek(): string {
    return this.words[this.at]?.text ?? '';
  }

  /** Takes the given words if they come next. */
  take(...expected: readonly string[]): boolean {
    const comes = expected.every((word, index) => this.words[this.at + index]?.text === word);
    if (comes) this.at += expected.length;
    return comes;
  }

  word(what: string): string {
    if (this.done) this.fail(`expected ${what}`);
    const { text } = this.words[this.at] ?? { text: '' };
    this.at += 1;
    return text;
  }

  oneOf<Word extends string>(what: string, words: readonly Word[]): Word {
    const found = words.find((word) => this.take(word));
    return found ?? this.fail(`expected ${what}: ${words.join(', ')}; found "${this.peek()}"`);
  }

  /** The word if it is one of these, else null and nothing is taken. */
  maybe<Word extends string>(words: readonly Word[]): Word | null {
    return words.find((word) => this.take(word)) ?? null;
  }

  number(what: string): number {
    const value = Number(this.word(what));
    return Number.isFinite(value) ? value : this.fail(`expected a number for ${what}`);
  }

  /** A duration as Prometheus writes it; a leading minus is the time before the start. */
  durationMs(what: string): number {
    const text = this.word(what);
    const value = parseDuration(text.replace(/^-/, ''));
    if (value === undefined) this.fail(`expected a duration for ${what}, found "${text}"`);
    return text.startsWith('-') ? -value : value;
  }

  /** Text in double quotes. */
  quoted(what: string): string {
    const text = this.word(what);
    if (!/^".*"$/.test(text)) this.fail(`expected ${what} in double quotes`);
    return text.slice(1, -1);
  }

  /** Names divided by commas. */
  list(what: string): string[] {
    const names: string[] = [];
    for (;;) {
      const word = this.word(what);
      names.push(word.replace(/,$/, ''));
      if (!word.endsWith(',')) return names;
    }
  }

  /** Everything that is left, as it is written. */
  rest(what: string): string {
    const from = this.words[this.at]?.from;
    if (from === undefined) this.fail(`expected ${what}`);
    this.at = this.words.length;
    return this.source.slice(from);
  }

  end(): void {
    if (!this.done) this.fail(`"${this.peek()}" is not understood`);
  }
}

function split(source: string): { text: string; from: number }[] {
  const words: { text: string; from: number }[] = [];
  let depth = 0;
  let quoted = false;
  let from = -1;
  for (let at = 0; at <= source.length; at += 1) {
    const letter = source[at] ?? ' ';
    if (letter === '"') quoted = !quoted;
    if (!quoted && '({['.includes(letter)) depth += 1;
    if (!quoted && ')}]'.includes(letter)) depth -= 1;
    const isSpace = /\s/.test(letter) && depth <= 0 && !quoted;
    if (isSpace || at === source.length) {
      if (from >= 0) words.push({ text: source.slice(from, at), from });
      from = -1;
    } else if (from < 0) from = at;
  }
  return words;
}
