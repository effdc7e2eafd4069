import { describe, expect, it } from 'vitest';
import {
  addressOf,
  firstChoice,
  idOfUrl,
  proposalEdits,
  sourceEdit,
  targetOf,
} from '../../../renderer/state/add-source.ts';
import { WorkspaceEdits } from '../../../shared/config/edit.ts';
import type { Discovery } from '../../../shared/model/proposal.ts';

const draft = {
  id: 'prom',
  url: 'http://prom',
  auth: 'none',
  username: '',
  reference: '',
  ca: '',
} as const;
const objective = (id: string, service: string): Discovery['objectives'][number] => ({
  id,
  service,
  title: id,
  kind: 'availability',
  target: 0.99,
  observed: null,
  observedOverMs: null,
  reason: '',
  document: { metadata: { name: id }, spec: { service, objectives: [{ target: 0.99 }] } },
});
const discovery: Discovery = {
  metrics: 3,
  signals: [],
  services: [
    { id: 'a', known: false, reason: '', document: { id: 'a', tier: 3 } },
    { id: 'b', known: true, reason: '', document: { id: 'b', tier: 3 } },
  ],
  objectives: [
    objective('a-availability', 'a'),
    objective('a-latency', 'a'),
    objective('b-availability', 'b'),
  ],
  detectors: [{ id: 'a-load', service: 'a', title: '', query: 'x', reason: '', document: { id: 'a-load' } }],
  notes: [],
};

describe('adding a source', () => {
  it.each([
    ['https://prometheus.example:9090/path', 'prometheus'],
    ['metrics-eu.example.org', 'metrics-eu'],
    ['http://127.0.0.1:9090', 'prometheus'],
    ['http://user@host/', 'host'],
    ['', 'prometheus'],
  ])('names %j %s', (url, id) => expect(idOfUrl(url)).toBe(id));

  it.each([
    ['99.9', 0.999],
    ['99,95 %', 0.9995],
    ['100', null],
    ['0', null],
    ['', null],
    ['high', null],
  ])('reads the target %j as %s', (text, target) => expect(targetOf(text)).toBe(target));

  it('writes credentials by reference, and none where there are none', () => {
    const probed = { kind: 'prometheus', url: 'http://prom', latencyMs: 1, said: '' } as const;
    expect(sourceEdit(draft, probed)).toMatchObject({
      value: { id: 'prom', kind: 'prometheus', url: 'http://prom' },
    });
    expect(sourceEdit(draft, probed)).not.toHaveProperty('value.auth');
    const secret = { ...draft, auth: 'bearer', reference: 'env:TOKEN' } as const;
    expect(sourceEdit(secret, probed)).toHaveProperty('value.auth', { kind: 'bearer', token: 'env:TOKEN' });
    expect(addressOf({ ...draft, auth: 'basic', username: 'u', reference: 'file:/p' }).auth).toEqual({
      kind: 'basic',
      username: 'u',
      password: 'file:/p',
    });
    expect(sourceEdit(draft, { ...probed, kind: 'exposition' })).toHaveProperty('value.targets', [
      { id: 'prom', url: 'http://prom' },
    ]);
  });

  it.each([
    ['https://prom', ' /etc/ssl/our-ca.pem ', 'file:/etc/ssl/our-ca.pem'],
    ['https://prom', 'C:\\certificates\\ca.pem', 'file:C:\\certificates\\ca.pem'],
    ['HTTPS://prom', 'env:OUR_CA', 'env:OUR_CA'],
    ['https://prom', '', undefined],
    ['http://prom', '/etc/ssl/our-ca.pem', undefined],
  ])('of %s with the authority %j asks and writes %s', (url, ca, expected) => {
    const probed = { kind: 'prometheus', url, latencyMs: 1, said: '' } as const;
    const secure = { ...draft, url, ca };
    expect(addressOf(secure).ca).toBe(expected);
    const { value } = sourceEdit(secure, probed) as { value: { tls?: { ca: string } } };
    expect(value.tls?.ca).toBe(expected);
  });

  it('puts what was accepted into a file a service, with its targets, and names new services only', () => {
    const chosen = { ...firstChoice(discovery), targets: new Map([['a-latency', 0.95]]) };
    const edits = proposalEdits('prom', discovery, chosen);
    expect(WorkspaceEdits.safeParse(edits).success).toBe(true);
    expect(edits).toMatchObject([
      { kind: 'insert', file: 'services.yaml', value: { id: 'a' } },
      { kind: 'create', folder: 'slos', id: 'a' },
      { kind: 'create', folder: 'slos', id: 'b' },
    ]);
    expect(edits[1]).toHaveProperty('documents.1.spec.objectives', [{ target: 0.95 }]);
    const detectors = proposalEdits('prom', discovery, {
      ...chosen,
      objectives: new Set(),
      detectors: new Set(['a-load']),
    });
    expect(detectors).toMatchObject([
      { file: 'services.yaml' },
      { kind: 'create', folder: 'detectors', id: 'prom' },
    ]);
  });
});
