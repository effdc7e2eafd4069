import { CodedError } from '../../shared/error/coded.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { HttpRequest } from '../../shared/model/playbook.ts';
import {
  cutTemplate,
  hasPlaceholder,
  type Piece,
  type PlaceholderValues,
  type RenderError,
} from './placeholder.ts';

/** A request with its real arguments, and the same as it may be shown and kept: secrets by their names only. */
export interface RenderedRequest {
  readonly method: HttpRequest['method'];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly expectStatus: readonly number[];
  /** Method, URL, headers and body as text. */
  readonly shown: string;
  /** Values that must appear nowhere, each with the name it is shown by. */
  readonly secrets: ReadonlyMap<string, string>;
}

interface Rendered {
  readonly real: string;
  readonly shown: string;
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** HTTP header values: visible Latin-1, spaces and tabs. Anything else could begin a header of its own. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Fills a request's template. Values are encoded for the place they stand in: nothing is ever built blindly. */
export async function renderRequest(
  template: HttpRequest,
  values: PlaceholderValues,
  extraHeaders: Readonly<Record<string, string>>,
): Promise<Result<RenderedRequest, RenderError>> {
  const secrets = new Map<string, string>();
  const keeping: PlaceholderValues = {
    ...values,
    secret: async (reference) => {
      const secret = await values.secret(reference);
      if (secret.ok && secret.value !== '') secrets.set(secret.value, `\${${reference}}`);
      return secret;
    },
  };
  const url = await renderUrl(template.url, keeping);
  if (!url.ok) return url;
  const body = template.body === undefined ? ok(null) : await renderBody(template.body, keeping);
  if (!body.ok) return body;
  const headers = await renderHeaders({ ...template.headers, ...extraHeaders }, body.value, keeping);
  if (!headers.ok) return headers;
  const { real, shown } = headers.value;
  const head = [
    `${template.method} ${url.value.shown}`,
    ...Object.entries(shown).map(([name, value]) => `${name}: ${value}`),
  ];
  return ok({
    method: template.method,
    url: url.value.real,
    headers: real,
    body: body.value?.real ?? null,
    expectStatus: template.expectStatus,
    shown: body.value === null ? head.join('\n') : `${head.join('\n')}\n\n${body.value.shown}`,
    secrets,
  });
}

async function renderUrl(
  template: string,
  values: PlaceholderValues,
): Promise<Result<Rendered, RenderError>> {
  const cut = await cutTemplate(template, values);
  if (!cut.ok) return cut;
  let real = '';
  let shown = '';
  let pastHost = false;
  for (const [index, piece] of cut.value.entries()) {
    if (piece.kind === 'text') {
      real += piece.text;
      shown += piece.text;
    } else if (index === 0 && piece.name.startsWith('vars.')) {
      // The base address comes from the workspace's own configuration, never from an incident or a label.
      real += piece.value.replace(/\/+$/, '');
      shown = real;
    } else {
      if (!pastHost)
        return invalid(
          'placeholder-misplaced',
          `\${${piece.name}} stands in the host of ${template}; only \${vars.NAME} may, as the whole beginning.`,
        );
      const encoded = encodeUrlPart(piece, template);
      if (!encoded.ok) return encoded;
      real += encoded.value;
      shown += piece.secret ? `\${${piece.name}}` : encoded.value;
    }
    pastHost ||= /^https?:\/\/[^/?#]+[/?#]/i.test(real);
  }
  return checkUrl(real, shown, template);
}

function encodeUrlPart(
  piece: Extract<Piece, { kind: 'value' }>,
  template: string,
): Result<string, RenderError> {
  if (piece.value === '')
    return invalid(
      'placeholder-value',
      `\${${piece.name}} is empty, so ${template} would name something else.`,
    );
  return ok(encodeURIComponent(piece.value.toWellFormed()));
}

function checkUrl(real: string, shown: string, template: string): Result<Rendered, RenderError> {
  const url = URL.parse(real);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return invalid(
      'request-invalid',
      `${shown} is no http or https address; write for example https://host/path.`,
    );
  if (url.username !== '' || url.password !== '')
    return invalid(
      'request-invalid',
      `${url.host} is asked with a name or password in its address; put them into a header as \${env:NAME}.`,
    );
  const path = /^https?:\/\/[^/?#]*([^?#]*)/i.exec(real)?.[1] ?? '';
  // A value "..", even percent-encoded, would climb to another resource.
  if (path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment)))
    return invalid(
      'placeholder-value',
      `The path of ${template} would contain "." or ".." and so name something else.`,
    );
  return ok({ real, shown });
}

async function renderBody(
  template: string,
  values: PlaceholderValues,
): Promise<Result<Rendered, RenderError>> {
  if (!hasPlaceholder(template)) return ok({ real: template, shown: template });
  let parsed: unknown;
  try {
    parsed = JSON.parse(template);
  } catch {
    return invalid(
      'placeholder-misplaced',
      'Placeholders are filled only inside the strings of a JSON body; this body is not JSON.',
    );
  }
  const real = await fillJson(parsed, values, (piece) => piece.value);
  if (!real.ok) return real;
  const shown = await fillJson(parsed, values, (piece) => (piece.secret ? `\${${piece.name}}` : piece.value));
  if (!shown.ok) return shown;
  return ok({ real: JSON.stringify(real.value), shown: JSON.stringify(shown.value) });
}

async function fillJson(
  value: unknown,
  values: PlaceholderValues,
  text: (piece: Extract<Piece, { kind: 'value' }>) => string,
): Promise<Result<unknown, RenderError>> {
  if (typeof value === 'string') {
    const cut = await cutTemplate(value, values);
    if (!cut.ok) return cut;
    return ok(cut.value.map((piece) => (piece.kind === 'text' ? piece.text : text(piece))).join(''));
  }
  if (Array.isArray(value)) {
    const filled: unknown[] = [];
    for (const item of value) {
      const one = await fillJson(item, values, text);
      if (!one.ok) return one;
      filled.push(one.value);
    }
    return ok(filled);
  }
  if (typeof value !== 'object' || value === null) return ok(value);
  const filled: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value)) {
    if (hasPlaceholder(key))
      return invalid(
        'placeholder-misplaced',
        `${JSON.stringify(key)} is a key of the JSON body; placeholders are filled only in values.`,
      );
    const one = await fillJson(item, values, text);
    if (!one.ok) return one;
    filled.push([key, one.value]);
  }
  return ok(Object.fromEntries(filled));
}

async function renderHeaders(
  template: Readonly<Record<string, string>>,
  body: Rendered | null,
  values: PlaceholderValues,
): Promise<Result<{ real: Record<string, string>; shown: Record<string, string> }, RenderError>> {
  const real: Record<string, string> = {};
  const shown: Record<string, string> = {};
  for (const [name, text] of Object.entries(template)) {
    const cut = await cutTemplate(text, values);
    if (!cut.ok) return cut;
    const value = cut.value.map((piece) => (piece.kind === 'text' ? piece.text : piece.value)).join('');
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value))
      return invalid(
        'placeholder-value',
        `The header ${JSON.stringify(name)} would carry characters that a header must not have.`,
      );
    const key = name.toLowerCase();
    real[key] = value;
    shown[key] = cut.value
      .map((piece) => (piece.kind === 'text' ? piece.text : piece.secret ? `\${${piece.name}}` : piece.value))
      .join('');
  }
  if (body !== null && real['content-type'] === undefined) {
    real['content-type'] = 'application/json';
    shown['content-type'] = 'application/json';
  }
  return ok({ real, shown });
}

function invalid(
  code: RenderError['code'],
  message: string,
): { readonly ok: false; readonly error: RenderError } {
  return err(new CodedError(code, message));
}
