import { CodedError } from '../../shared/error/coded.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';

/** What a placeholder may name: the incident, the workspace's variables, the run; secrets by reference only. */
export interface PlaceholderValues {
  readonly incident: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  readonly run: Readonly<Record<string, string>>;
  /** Answers `env:NAME`, `file:PATH` and `keychain:NAME`. */
  secret(reference: string): Promise<Result<string, CodedError>>;
}

export type RenderError = CodedError<
  'placeholder-unknown' | 'placeholder-misplaced' | 'placeholder-value' | 'request-invalid' | 'secret-missing'
>;

/** A piece of a template: text as written, or a placeholder with its value. A secret is shown by its name only. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: string; readonly value: string; readonly secret: boolean };

const PLACEHOLDER = /\$\{([^{}]*)\}/g;
const NAMED = /^(incident|vars|run)\.([A-Za-z_][A-Za-z0-9_-]*)$/;
const SECRET = /^(?:env|file|keychain):.+$/;

export function hasPlaceholder(text: string): boolean {
  return text.includes('${');
}

/** The names of the placeholders of a template, for checks that need no values; null is one that can never be filled. */
export function placeholderNames(text: string): readonly (string | null)[] {
  const names = [...text.matchAll(PLACEHOLDER)].map(([, name = '']) =>
    NAMED.test(name) || SECRET.test(name) ? name : null,
  );
  return hasPlaceholder(text.replaceAll(PLACEHOLDER, '')) ? [...names, null] : names;
}

/** Cuts a template into pieces and looks each placeholder up. The values are never read again as templates. */
export async function cutTemplate(
  template: string,
  values: PlaceholderValues,
): Promise<Result<readonly Piece[], RenderError>> {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    if (match.index > from) pieces.push({ kind: 'text', text: template.slice(from, match.index) });
    const found = await lookUp(match[1] ?? '', values);
    if (!found.ok) return found;
    pieces.push(found.value);
    from = match.index + match[0].length;
  }
  if (from < template.length) pieces.push({ kind: 'text', text: template.slice(from) });
  if (pieces.some((piece) => piece.kind === 'text' && hasPlaceholder(piece.text)))
    return err(
      new CodedError('placeholder-unknown', `"${template}" has a placeholder that is not closed with "}".`),
    );
  return ok(pieces);
}

async function lookUp(name: string, values: PlaceholderValues): Promise<Result<Piece, RenderError>> {
  if (SECRET.test(name)) {
    const secret = await values.secret(name);
    if (!secret.ok)
      return err(new CodedError('secret-missing', secret.error.message, { cause: secret.error }));
    return ok({ kind: 'value', name, value: secret.value, secret: true });
  }
  const [, group, key] = NAMED.exec(name) ?? [];
  const known = group === 'incident' || group === 'vars' || group === 'run' ? values[group] : undefined;
  // Object.hasOwn: `${vars.constructor}` must be unknown, not a function's text.
  const value = known && key !== undefined && Object.hasOwn(known, key) ? known[key] : undefined;
  if (value === undefined)
    return err(
      new CodedError(
        'placeholder-unknown',
        `\${${name}} has no value. Known are \${vars.NAME} (vars: in midwatch.yaml), \${incident.service} and its other fields, \${run.id}, \${env:NAME} and \${file:PATH}.`,
        { details: { placeholder: name } },
      ),
    );
  return ok({ kind: 'value', name, value, secret: false });
}
