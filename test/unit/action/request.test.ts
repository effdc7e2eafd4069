import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlaceholderValues, placeholderNames } from '../../../main/action/placeholder.ts';
import { renderRequest } from '../../../main/action/request.ts';
import { CodedError } from '../../../shared/error/coded.ts';
import { err, ok } from '../../../shared/error/result.ts';
import type { HttpRequest } from '../../../shared/model/playbook.ts';

function values(change: Partial<PlaceholderValues> = {}): PlaceholderValues {
  return {
    incident: { service: 'ranking-model' },
    vars: { fleet: 'http://127.0.0.1:9464/' },
    run: { id: 'run-1' },
    secret: async (reference) =>
      reference === 'env:TOKEN'
        ? ok('s3cret')
        : err(new CodedError('secret-missing', `${reference} is not set`)),
    ...change,
  };
}

function request(change: Partial<HttpRequest>): HttpRequest {
  return { method: 'POST', url: 'http://host/x', headers: {}, expectStatus: [200], ...change };
}

async function render(change: Partial<HttpRequest>, given = values()) {
  const rendered = await renderRequest(request(change), given, {});
  return rendered.ok ? rendered.value : rendered.error;
}

describe('the URL of a request', () => {
  it('begins with a variable of the workspace and encodes values in path and query', async () => {
    const given = values({ incident: { service: 'a/b?c&d=é' } });
    expect(
      await render({ url: '${vars.fleet}/s/${incident.service}?q=${incident.service}' }, given),
    ).toMatchObject({
      url: 'http://127.0.0.1:9464/s/a%2Fb%3Fc%26d%3D%C3%A9?q=a%2Fb%3Fc%26d%3D%C3%A9',
    });
  });

  it.each([
    ['http://${incident.service}/x', 'placeholder-misplaced'],
    ['http://host${incident.service}/x', 'placeholder-misplaced'],
    ['${incident.service}/x', 'placeholder-misplaced'],
    ['${vars.fleet}${incident.service}/x', 'placeholder-misplaced'],
    ['${vars.other}/x', 'placeholder-unknown'],
    ['${vars.constructor}/x', 'placeholder-unknown'],
    ['http://host/${shell.command}', 'placeholder-unknown'],
    ['http://host/${incident.service', 'placeholder-unknown'],
    ['http://host/${env:NOT_SET}', 'secret-missing'],
    ['http://ada:pw@host/x', 'request-invalid'],
    ['file:///etc/passwd', 'request-invalid'],
    ['host/x', 'request-invalid'],
  ])('refuses %s', async (url, code) => {
    expect(await render({ url })).toMatchObject({ code });
  });

  it.each(['..', '.', '%2e%2e', ''])(
    'refuses the value %j, which would name another resource',
    async (service) => {
      const result = await render(
        { url: 'http://host/pods/${incident.service}/x' },
        values({ incident: { service } }),
      );
      // A percent sign is itself encoded, so that one stays an ordinary name.
      if (service === '%2e%2e') expect(result).toMatchObject({ url: 'http://host/pods/%252e%252e/x' });
      else expect(result).toMatchObject({ code: 'placeholder-value' });
    },
  );

  it('keeps any value in its one segment, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), async (service) => {
        fc.pre(service !== '.' && service !== '..');
        const result = await render(
          { url: 'http://host/a/${incident.service}/b' },
          values({ incident: { service } }),
        );
        if (!('url' in result)) throw result;
        const url = new URL(result.url);
        expect(url.host).toBe('host');
        const segments = url.pathname.split('/');
        expect(segments).toHaveLength(4);
        expect(decodeURIComponent(segments[2] ?? '')).toBe(service.toWellFormed());
        expect(url.search + url.hash).toBe('');
      }),
    );
  });
});

describe('the body of a request', () => {
  it('escapes values inside JSON strings, whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (service) => {
        const body = '{"a":["x ${incident.service} y"],"n":1}';
        const result = await render({ body }, values({ incident: { service } }));
        if (!('body' in result)) throw result;
        expect(JSON.parse(result.body ?? '')).toEqual({ a: [`x ${service} y`], n: 1 });
      }),
    );
  });

  it('does not read a value as a template again', async () => {
    const result = await render(
      { body: '{"a":"${incident.service}"}' },
      values({ incident: { service: '${env:TOKEN}' } }),
    );
    expect(result).toMatchObject({ body: '{"a":"${env:TOKEN}"}' });
  });

  it('refuses placeholders in keys and outside JSON', async () => {
    expect(await render({ body: '{"${incident.service}":1}' })).toMatchObject({
      code: 'placeholder-misplaced',
    });
    expect(await render({ body: 'service=${incident.service}' })).toMatchObject({
      code: 'placeholder-misplaced',
    });
  });
});

describe('the headers of a request', () => {
  it('cannot be added to by a value', async () => {
    for (const service of ['a\r\nX-Evil: 1', 'a\nb', 'a\0b', '…'])
      expect(
        await render({ headers: { 'x-service': '${incident.service}' } }, values({ incident: { service } })),
      ).toMatchObject({
        code: 'placeholder-value',
      });
  });

  it('carry secrets that are shown by their names alone', async () => {
    const result = await render({
      headers: { authorization: 'Bearer ${env:TOKEN}' },
      url: 'http://host/${env:TOKEN}',
    });
    expect(result).toMatchObject({ headers: { authorization: 'Bearer s3cret' }, url: 'http://host/s3cret' });
    expect('shown' in result && result.shown).toBe(
      'POST http://host/${env:TOKEN}\nauthorization: Bearer ${env:TOKEN}',
    );
  });
});

it('names placeholders that can never be filled', () => {
  expect(placeholderNames('${vars.a} ${env:B} ${incident.service}')).toEqual([
    'vars.a',
    'env:B',
    'incident.service',
  ]);
  expect(placeholderNames('${a}')).toEqual([null]);
  expect(placeholderNames('${vars.a')).toEqual([null]);
});
