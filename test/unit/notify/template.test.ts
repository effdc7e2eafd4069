import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Message, messageOf } from '../../../main/notify/message.ts';
import { fillJson, fillText, fillUrl } from '../../../main/notify/template.ts';
import { ChannelConfig } from '../../../shared/config/channel.ts';
import { TEMPLATE_FIELDS } from '../../../shared/config/channel-template.ts';
import { desk, requestOf } from '../../support/notifying.ts';

async function message(change: Partial<Message> = {}): Promise<Message> {
  const [delivery] = await desk().notifier.enqueue([requestOf()]);
  if (!delivery) throw new Error('no delivery was made');
  return { ...messageOf(delivery, []), ...change };
}

const problems = (channel: object) =>
  ChannelConfig.safeParse(channel).error?.issues.map((one) => `${one.path.join('.')}: ${one.message}`) ?? [];

describe('a template', () => {
  it('fills fields, cuts by characters, and calls values as the other side does', async () => {
    const told = await message({ title: 'ab😀cd' });
    expect(fillText('{{priority}}: {{ title | 4 }}', told, { priority: { P0: 'critical' } })).toBe(
      'critical: ab😀…',
    );
    expect(fillText('{{incident_id}}', told)).toBe('');
    expect(fillJson({ a: ['{{incident_id}}', 'x {{incident_id}}', 7, null] }, told, {})).toEqual({
      a: [null, 'x ', 7, null],
    });
  });

  it('reads nothing in a value: what looks like a placeholder stays text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const told = await message({ title: `${text}{{id}}` });
        expect(fillText('<{{title}}>', told)).toBe(`<${text}{{id}}>`);
        expect(JSON.parse(JSON.stringify(fillJson({ '{{title}}': '{{title}}' }, told, {})))).toEqual({
          '{{title}}': `${text}{{id}}`,
        });
      }),
    );
  });

  it('inside an address never leaves its place', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        const url = new URL(
          fillUrl(
            'https://x.example/a/{{group_key}}/b?c={{title}}',
            await message({ group_key: `g${text}`, title: text }),
            {},
          ),
        );
        expect(url.host).toBe('x.example');
        expect(url.pathname.split('/')).toHaveLength(4);
        expect([...url.searchParams.keys()]).toEqual(['c']);
      }),
    );
  });

  it('names every field that there is', async () => {
    expect(Object.keys(await message()).sort()).toEqual([...TEMPLATE_FIELDS].sort());
  });
});

describe('a channel in the configuration', () => {
  const json = { kind: 'json', url: 'https://x.example/a', body: { a: '{{title}}' } };

  it('is refused where a template names what there is not, at its place', () => {
    expect(problems({ ...json, body: { a: [{ b: '{{titel}}' }] } })).toEqual([
      expect.stringContaining(
        'body.a.0.b: expected a field of a notification, got "titel"; known are id, title',
      ),
    ]);
    expect(problems({ ...json, body: { a: '{{#if x}}' } })[0]).toContain(
      'there is nothing else in a template',
    );
    expect(problems({ ...json, words: { prioriti: {} } })[0]).toContain('words.prioriti: expected a field');
    expect(problems({ ...json, url: 'https://{{service}}.example/' })[0]).toContain(
      'whose host has no placeholder',
    );
    expect(problems(json)).toEqual([]);
  });

  it('is refused where a secret is written out, or would leave this machine in the open', () => {
    expect(problems({ kind: 'slack', url: 'https://hooks.slack.example/services/a' })[0]).toContain(
      'secret written',
    );
    expect(problems({ kind: 'pagerduty', routing_key: 'R0UT1NG' })[0]).toContain('secret written');
    expect(problems({ kind: 'webhook', url: 'https://u:p@x.example/' }).join()).toContain(
      'must not carry a user',
    );
    const mail = { kind: 'email', to: ['a@example.com'], from: 'b@example.com', host: 'mail.example' };
    expect(problems(mail)).toEqual([]);
    expect(problems({ ...mail, tls: 'none' })[0]).toContain('encrypted or not at all');
    expect(problems({ ...mail, user: 'x' })[0]).toContain('user and password together');
  });

  it('runs no program that it does not name in full, and lets no label be an option', () => {
    expect(problems({ kind: 'command', argv: ['page'] })[0]).toContain('full path of a program');
    expect(problems({ kind: 'command', argv: ['/bin/{{title}}'] })[0]).toContain('without a placeholder');
    expect(problems({ kind: 'command', argv: ['/bin/page', '{{title}}'] })[0]).toContain(
      'argv.1: expected "--"',
    );
    expect(
      problems({ kind: 'command', argv: ['/bin/page', '--t={{title}}', '{{priority}}', '--', '{{title}}'] }),
    ).toEqual([]);
    expect(problems({ kind: 'command', argv: ['/bin/page'], timeout: '5m' })[0]).toContain(
      'between 1s and 60s',
    );
  });
});
