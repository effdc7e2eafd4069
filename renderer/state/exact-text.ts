const REQUEST = /^(GET|POST|PUT|PATCH|DELETE) \S+$/;
const HEADER = /^[a-z][a-z0-9-]*: \S/;
const STATUS_OR_JSON = /^(\d{3}$|[[{(]|[\])}])/;
/** A query: a call, a selector or a range, or the rest of one on a line of its own. */
const QUERY = /^\s|[a-z_]\(|\w\{|\[\d+[smhd]\]|^[/*+-] /;
const SAID = /^(Holds|Does not hold|Verified|Not verified|Skipped|Failed|Root cause)\b/;

/** What a step left behind: what Midwatch says of it, apart from what was sent and answered, which is shown as it was. */
export function splitExact(detail: string): { text: string; exact: string } {
  const text: string[] = [];
  const exact: string[] = [];
  let inRequest = false;
  for (const line of detail.split('\n')) {
    if (line.trim() === '') continue;
    if (REQUEST.test(line)) inRequest = true;
    else if (!HEADER.test(line) && !STATUS_OR_JSON.test(line)) inRequest = false;
    const machine = inRequest || STATUS_OR_JSON.test(line) || QUERY.test(line);
    (machine && !SAID.test(line) ? exact : text).push(line);
  }
  return { text: sentences(text), exact: exact.join('\n') };
}

/** Parts as one text: each ends once, whether or not it brought its own full stop. */
export function sentences(parts: readonly (string | null | undefined | false)[]): string {
  return parts
    .filter((part): part is string => typeof part === 'string' && part.trim() !== '')
    .map((part, index, all) => ended(part.trim(), index === all.length - 1))
    .join(' ');
}

function ended(part: string, last: boolean): string {
  if (last || /[.!?:…]$/.test(part)) return part;
  return `${part.replace(/[;,]$/, '')}.`;
}
