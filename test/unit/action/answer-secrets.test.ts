import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActionJournal } from '../../../main/action/index.ts';
import { contextOf, executorOver, httpStep } from '../../support/playbook.ts';
import { ScriptedTarget } from '../../support/scripted-target.ts';
import { type StepServer, startStepServer } from '../../support/step-server.ts';

let server: StepServer;
beforeEach(async () => {
  server = await startStepServer();
});
afterEach(() => server[Symbol.asyncDispose]());

function journal() {
  const kept: string[] = [];
  const one: ActionJournal = {
    intend: async (input) => void kept.push(input),
    answered: async (output) => void kept.push(output),
  };
  return { kept, one };
}
const sendWith = async (
  environment: Record<string, string>,
  body: string,
  headers: Record<string, string> = {},
) => {
  const { kept, one } = journal();
  const step = httpStep('x', server.url, {
    request: { method: 'POST', url: `${server.url}/do`, headers, body, expectStatus: [200] },
  });
  const outcome = await executorOver(new ScriptedTarget(), environment).execute(
    step,
    contextOf(),
    one,
    new AbortController().signal,
  );
  return { outcome, kept, all: JSON.stringify([outcome, kept]) };
};
const echo = (write: (body: string, headers: Record<string, unknown>) => string) =>
  server.answer((request, response) => response.end(write(request.body, request.headers)));

describe('a target that echoes what it was sent', () => {
  it('brings no secret into the log as it is', async () => {
    echo((body, headers) => `${body} ${JSON.stringify(headers)}`);
    const { outcome, all } = await sendWith({ TOKEN: 'tok-123456' }, '{"t":"${env:TOKEN}"}', {
      authorization: 'Bearer ${env:TOKEN}',
    });
    expect(outcome.kind).toBe('done');
    expect(server.received[0]?.headers.authorization).toBe('Bearer tok-123456');
    expect(all).not.toContain('tok-123456');
    expect(all).toContain('${env:TOKEN}');
  });

  it('nor as JSON writes it', async () => {
    const token = 'to"k\\en\n7';
    echo((body) => body);
    const { all, outcome } = await sendWith({ TOKEN: token }, '{"t":"${env:TOKEN}"}');
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({ t: token });
    expect(outcome).toMatchObject({ kind: 'done', output: '200\n{"t":"${env:TOKEN}"}' });
    expect(all).not.toContain('k\\\\en');
  });

  it('nor as an address writes it', async () => {
    const token = 'a/b c&d';
    server.answer((request, response) => response.end(`no such path ${request.url}`));
    const { kept, one } = journal();
    const step = httpStep('x', server.url, {
      request: {
        method: 'POST',
        url: `${server.url}/do?key=\${env:TOKEN}`,
        headers: {},
        expectStatus: [200],
      },
    });
    const outcome = await executorOver(new ScriptedTarget(), { TOKEN: token }).execute(
      step,
      contextOf(),
      one,
      new AbortController().signal,
    );
    expect(new URL(server.received[0]?.url ?? '', server.url).searchParams.get('key')).toBe(token);
    expect(JSON.stringify([outcome, kept])).not.toContain(encodeURIComponent(token));
  });

  it('nor the rest of one whose beginning is another one', async () => {
    echo((body) => body);
    const { all } = await sendWith(
      { SHORT: 'abcd', LONG: 'abcd-efgh' },
      '{"s":"${env:SHORT}","l":"${env:LONG}"}',
    );
    expect(all).not.toContain('-efgh');
    expect(all).not.toContain('abcd');
  });

  it('nor one that holds what a replacement would read as a pattern', async () => {
    echo((body) => `before ${body} after`);
    const { all, outcome } = await sendWith({ TOKEN: '$&$`x' }, '{"t":"${env:TOKEN}"}');
    expect(all).not.toContain('$&$`x');
    expect(outcome).toMatchObject({ output: '200\nbefore {"t":"${env:TOKEN}"} after' });
  });

  it('nor in the reason of a failure', async () => {
    server.answer((_request, response) => response.writeHead(500).end('bad token tok-123456'));
    const { outcome, all } = await sendWith({ TOKEN: 'tok-123456' }, '{"t":"${env:TOKEN}"}');
    expect(outcome).toMatchObject({ kind: 'failed', output: '500\nbad token ${env:TOKEN}' });
    expect(all).not.toContain('tok-123456');
  });
});
