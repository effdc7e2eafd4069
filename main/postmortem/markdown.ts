/** Text from labels, alerts and people is hostile: nothing of it may become markup, a link or a new line of a table. */
export function escapeMarkdown(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
      // Directional overrides make text read as what it is not.
      .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
      .replace(/[\\`*_{}[\]<>()#+!|~&$^]/g, '\\$&')
      .replace(/^(\s*)([-=])/u, '$1\\$2')
      .replace(/^(\s*\d+)\.(?=\s|$)/u, '$1\\.')
      // What a renderer would make a link of by itself.
      .replace(/:\/\//g, ':\\/\\/')
      .replace(/\bwww\./gi, 'www\\.')
      .replace(/@/g, '\\@')
      .trim()
  );
}

/** One row of a table; cells are Markdown already. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [tableRow(head), tableRow(head.map(() => '---')), ...rows.map(tableRow)].join('\n');
}

/** A scalar of the front matter: JSON strings are YAML, whatever is in them. */
export function yamlText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** 2026-11-24 01:52:40 UTC. */
export function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** 01:52:40, for tables whose head names the day and the zone. */
export function utcTime(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** Letters, digits and hyphens of ASCII, short: safe on each file system and in each link. */
export function safeFileName(text: string, max = 60): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, max)
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'untitled' : plain;
}
