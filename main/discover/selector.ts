/** `label="value"`, whatever is in the value. */
export function exactly(label: string, value: string): string {
  return `${label}=${quoted(value)}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** A name that configuration can carry, made of any text; empty where nothing is left of it. */
export function nameOf(text: string): string {
  return text
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 60)
    .replace(/[-.]+$/, '');
}
