import type { WorkspaceEditInput } from '../../shared/config/edit.ts';
import type { Discovery, ProbeAnswer } from '../../shared/model/proposal.ts';

export type AuthChoice = 'none' | 'bearer' | 'basic';

/** What a person has typed of a new source. A typed secret leaves for the keyring before anything else is asked. */
export interface SourceDraft {
  readonly id: string;
  readonly url: string;
  readonly auth: AuthChoice;
  readonly username: string;
  /** `env:NAME`, `file:PATH` or `keychain:NAME`. */
  readonly reference: string;
  /** The file of a private certificate authority, as a path or a reference. */
  readonly ca: string;
}

type Address = { url: string; auth: Auth; ca?: string };
type Auth =
  | { kind: 'none' }
  | { kind: 'bearer'; token: string }
  | { kind: 'basic'; username: string; password: string };

export function authOf({ auth, username, reference }: SourceDraft): Auth {
  if (auth === 'bearer') return { kind: 'bearer', token: reference };
  if (auth === 'basic') return { kind: 'basic', username, password: reference };
  return { kind: 'none' };
}

export function addressOf(draft: SourceDraft): Address {
  const ca = authorityOf(draft);
  return { url: draft.url, auth: authOf(draft), ...(ca === '' ? {} : { ca }) };
}

/** Only what is asked by https has a certificate. */
export function isSecure(url: string): boolean {
  return /^\s*https:/i.test(url);
}

/** A path as it is pasted is the file that it names. */
function authorityOf({ url, ca }: SourceDraft): string {
  const text = ca.trim();
  if (!isSecure(url) || text === '') return '';
  return /^(?:\/|[A-Za-z]:[\\/])/.test(text) ? `file:${text}` : text;
}

/** A name for the source made from its host: `prometheus.example:9090` is `prometheus`. */
export function idOfUrl(url: string): string {
  const host = /^(?:[a-z]+:\/\/)?(?:[^@/]*@)?([^/:?#]+)/i.exec(url.trim())?.[1] ?? '';
  const name = /^[\d.]+$|^\[/.test(host) || host === 'localhost' ? 'prometheus' : (host.split('.')[0] ?? '');
  return name.replaceAll(/[^A-Za-z0-9_-]+/g, '-').slice(0, 40) || 'prometheus';
}

/** What was accepted of a discovery; targets by the objective's id. */
export interface Chosen {
  readonly objectives: ReadonlySet<string>;
  readonly detectors: ReadonlySet<string>;
  readonly targets: ReadonlyMap<string, number>;
}

/** Objectives are accepted unless a person says otherwise; detectors page nobody and are left to choose. */
export function firstChoice(discovery: Discovery): Chosen {
  return {
    objectives: new Set(discovery.objectives.map((one) => one.id)),
    detectors: new Set(),
    targets: new Map(discovery.objectives.map((one) => [one.id, one.target])),
  };
}

/** The source's own entry; null where it is in the workspace already. */
export function sourceEdit(draft: SourceDraft, probed: ProbeAnswer): WorkspaceEditInput {
  const auth = draft.auth === 'none' ? {} : { auth: authOf(draft) };
  const ca = authorityOf(draft);
  const tls = ca === '' ? {} : { tls: { ca } };
  const where =
    probed.kind === 'exposition' ? { targets: [{ id: draft.id, url: probed.url }] } : { url: probed.url };
  return {
    kind: 'insert',
    file: 'midwatch.yaml',
    path: ['sources'],
    value: { id: draft.id, kind: probed.kind, ...where, ...auth, ...tls },
  };
}

/** Files for what was accepted: one a service under slos/, one of detectors, and the services that are new. */
export function proposalEdits(sourceId: string, discovery: Discovery, chosen: Chosen): WorkspaceEditInput[] {
  const objectives = discovery.objectives.filter((one) => chosen.objectives.has(one.id));
  const detectors = discovery.detectors.filter((one) => chosen.detectors.has(one.id));
  const named = new Set([...objectives, ...detectors].map((one) => one.service));
  const services = discovery.services.filter((one) => named.has(one.id) && !one.known);
  const byService = Map.groupBy(objectives, (one) => one.service);
  return [
    ...services.map(
      ({ document }): WorkspaceEditInput => ({
        kind: 'insert',
        file: 'services.yaml',
        path: ['services'],
        value: document,
      }),
    ),
    ...[...byService].map(
      ([service, own]): WorkspaceEditInput => ({
        kind: 'create',
        folder: 'slos',
        id: service,
        documents: own.map((one) => withTarget(one.document, chosen.targets.get(one.id) ?? one.target)),
      }),
    ),
    ...(detectors.length === 0
      ? []
      : [
          {
            kind: 'create' as const,
            folder: 'detectors',
            id: sourceId,
            documents: [{ detectors: detectors.map((one) => one.document) }],
          },
        ]),
  ];
}

type Json = Discovery['objectives'][number]['document'];

function withTarget(document: Json, target: number): Json {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document;
  const { spec } = document;
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return document;
  return { ...document, spec: { ...spec, objectives: [{ target }] } };
}

/** A percentage as it is typed, as a fraction; null where it is none that an objective can have. */
export function targetOf(text: string): number | null {
  const percent = Number(text.replace(',', '.').replace('%', '').trim());
  if (text.trim() === '' || !(percent > 0 && percent < 100)) return null;
  return Number((percent / 100).toFixed(8));
}
