import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlaceholderValues } from '../../../main/action/placeholder.ts';
import { renderRequest } from '../../../main/action/request.ts';
import { CodedError } from '../../../shared/error/coded.ts';
import { err, ok } from '../../../shared/error/result.ts';
import type { HttpRequest } from '../../../shared/model/playbook.ts';
import { hostileText } from '../../support/arbitrary.ts';

const SECRET = 's3cr"et/\\ü&x';
const values = (text: string, change: Partial<PlaceholderValues> = {}): PlaceholderValues => ({
  incident: { service: text, title: text },
  vars: { fleet: 'https://fleet.example:8443/base', name: text },
  run: { id: 'run-1' },
  secret: async (reference) =>
    reference === 'env:TOKEN'
      ? ok(SECRET)
      : err(new CodedError('secret-missing', `The environment variable ${reference} is not set.`)),
  ...change,
});
const request = (change: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url: '${vars.fleet}/services/${incident.service}/roll-back?why=${incident.title}#${run.id}',
  headers: {},
  expectStatus: [200],
  ...change,
});
const render = (template: HttpRequest, text: string) => renderRequest(template, values(text), {});
const each = (check: (text: string) => Promise<void>) =>
  fc.assert(fc.asyncProperty(hostileText, check), { numRuns: 300 });

describe('a value in an address', () => {
  it('stays in the segment and the parameter where it stands, and reaches the target as it is', async () => {
    await each(async (text) => {
      const rendered = await render(request(), text);
      if (!rendered.ok) {
        expect(rendered.error.code).toBe('placeholder-value');
        expect(text === '' || /^\.{1,2}$/.test(text)).toBe(true);
        return;
      }
      const url = new URL(rendered.value.url);
      expect(url.origin).toBe('https://fleet.example:8443');
      const segments = url.pathname.split('/');
      expect(segments).toHaveLength(5);
      expect(decodeURIComponent(segments[3] ?? '')).toBe(text.toWellFormed());
      expect([...url.searchParams.keys()]).toEqual(['why']);
      expect(url.searchParams.get('why')).toBe(text.toWellFormed());
      expect(url.hash).toBe('#run-1');
    });
  });

  it.each(['.', '..', '%2e%2e', '%2E', '.%2e'])('never climbs to another resource: %s', async (text) => {
    const rendered = await renderRequest(request({ url: `https://host/a/${text}/b` }), values('x'), {});
    expect(rendered).toMatchObject({ ok: false, error: { code: 'placeholder-value' } });
  });

  it('that is empty is refused, because the address would name all instead of one', async () => {
    const rendered = await render(request({ url: 'https://host/services/${incident.service}' }), '');
    expect(rendered).toMatchObject({ ok: false, error: { code: 'placeholder-value' } });
  });

  it('never becomes a host, whatever the template looks like', async () => {
    for (const url of [
      'https://${incident.service}/x',
      'https://host${incident.service}/x',
      'https://${incident.service}',
      '${incident.service}/x',
      'https://a@${incident.service}/x',
      'https://host:${incident.service}/x',
      '${vars.fleet}${incident.service}x',
    ]) {
      const rendered = await render(request({ url }), 'evil.example');
      if (rendered.ok) expect(new URL(rendered.value.url).hostname).toBe('fleet.example');
      else expect(['placeholder-misplaced', 'request-invalid']).toContain(rendered.error.code);
    }
  });

  it('of a base that is no web address is refused', async () => {
    for (const fleet of [
      'file:///etc/passwd',
      'javascript:alert(1)',
      'ftp://host',
      'host',
      '',
      'https://',
      'https://u:p@host',
    ]) {
      const rendered = await renderRequest(request(), values('x', { vars: { fleet, name: 'x' } }), {});
      expect({ fleet, ok: rendered.ok }).toEqual({ fleet, ok: false });
    }
  });
});

describe('a value in a body', () => {
  const template =
    '{"service":"${incident.service}","nested":[{"why":"because ${incident.title}"}],"count":3}';

  it('is one string of the JSON that was written, and nothing more', async () => {
    await each(async (text) => {
      const rendered = await render(request({ url: 'https://host/', body: template }), text);
      if (!rendered.ok) throw rendered.error;
      expect(JSON.parse(rendered.value.body ?? '')).toEqual({
        service: text,
        nested: [{ why: `because ${text}` }],
        count: 3,
      });
    });
  });

  it('is never read again as a template', async () => {
    const rendered = await render(
      request({ url: 'https://host/', body: template }),
      '${env:TOKEN} ${vars.fleet}',
    );
    if (!rendered.ok) throw rendered.error;
    expect(JSON.parse(rendered.value.body ?? '').service).toBe('${env:TOKEN} ${vars.fleet}');
    expect(rendered.value.secrets.size).toBe(0);
  });

  it('keeps a key named __proto__ as a key', async () => {
    const rendered = await render(
      request({ url: 'https://host/', body: '{"__proto__":{"admin":"${incident.service}"}}' }),
      'x',
    );
    if (!rendered.ok) throw rendered.error;
    expect(rendered.value.body).toBe('{"__proto__":{"admin":"x"}}');
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });
});

describe('a value in a header', () => {
  it('is sent as it is, or not at all: no value begins a header of its own', async () => {
    await each(async (text) => {
      const rendered = await render(
        request({ url: 'https://host/', headers: { 'X-Service': 'a ${incident.service}' } }),
        text,
      );
      if (!rendered.ok) {
        expect(rendered.error.code).toBe('placeholder-value');
        expect(text).toMatch(/[^\t\x20-\x7e\x80-\xff]/u);
        return;
      }
      expect(rendered.value.headers['x-service']).toBe(`a ${text}`);
      expect(Object.keys(rendered.value.headers)).toEqual(['x-service']);
    });
  });

  it('of our own wins over one of the same name in the playbook, in any case', async () => {
    const rendered = await renderRequest(
      request({ url: 'https://host/', headers: { 'Idempotency-Key': 'mine', IDEMPOTENCY_KEY: 'other' } }),
      values('x'),
      { 'idempotency-key': 'ours' },
    );
    if (!rendered.ok) throw rendered.error;
    expect(rendered.value.headers['idempotency-key']).toBe('ours');
  });
});

describe('a secret', () => {
  const template = request({
    url: 'https://host/${env:TOKEN}',
    headers: { authorization: 'Bearer ${env:TOKEN}' },
    body: '{"token":"${env:TOKEN}"}',
  });

  it('is in what is sent, in the spelling of its place, and in nothing that is shown', async () => {
    const plain = 'plain-token';
    const rendered = await renderRequest(template, values('x', { secret: async () => ok(plain) }), {});
    if (!rendered.ok) throw rendered.error;
    expect(rendered.value.url).toContain(plain);
    expect(rendered.value.headers.authorization).toBe(`Bearer ${plain}`);
    expect(JSON.parse(rendered.value.body ?? '')).toEqual({ token: plain });
    expect(rendered.value.shown).not.toContain(plain);
    expect(rendered.value.shown.match(/\$\{env:TOKEN\}/g)).toHaveLength(3);
  });

  it('is in no error either, whatever it holds', async () => {
    await each(async (text) => {
      if (text.length < 4) return;
      const rendered = await renderRequest(template, values('x', { secret: async () => ok(text) }), {});
      if (!rendered.ok) expect(rendered.error.message).not.toContain(text);
      else expect(rendered.value.shown.replaceAll('${env:TOKEN}', '')).not.toContain(text);
    });
  });

  it('that is missing keeps the request from being made, with the reason', async () => {
    const rendered = await renderRequest(request({ url: 'https://host/${env:OTHER}' }), values('x'), {});
    expect(rendered).toMatchObject({ ok: false, error: { code: 'secret-missing' } });
  });
});
