import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desktop, startDesktop, until } from './support/desktop.ts';
import { startTarget, type Target } from './support/target.ts';
import { shellRecord, watchShell } from './support/watch-shell.ts';
import { type TestWorkspace, writeWorkspace } from './support/workspace.ts';

let target: Target;
let workspace: TestWorkspace;
let desktop: Desktop;

beforeAll(async () => {
  target = await startTarget({ queue: 0, down: 0 });
  workspace = writeWorkspace(target.address);
  desktop = await startDesktop({ args: ['start', workspace.path] });
  await watchShell(desktop.app);
}, 60_000);
afterAll(async () => {
  await desktop.close();
  await target.close();
  workspace.remove();
});

/** Puts a link into the page and presses it, as a person would. */
async function press(href: string, blank = true): Promise<void> {
  await desktop.page.evaluate(
    ([address, isBlank]) => {
      document.querySelector('#planted')?.remove();
      const link = document.createElement('a');
      link.id = 'planted';
      link.href = address;
      if (isBlank) link.target = '_blank';
      link.textContent = 'planted link';
      link.setAttribute('style', '');
      document.body.prepend(link);
    },
    [href, blank] as const,
  );
  await desktop.page.locator('#planted').dispatchEvent('pointerdown');
  await desktop.page.locator('#planted').click({ force: true });
}

describe('the application’s protocol', () => {
  it('answers the window’s files with a strict policy, and nothing outside of them', async () => {
    const answers = await desktop.page.evaluate(async () => {
      const ask = async (path: string) => {
        const response = await fetch(path);
        return { status: response.status, policy: response.headers.get('content-security-policy') };
      };
      return {
        page: await ask('/index.html'),
        missing: await ask('/missing.js'),
        above: await ask('/..%2fmain%2felectron.js'),
        unknownKind: await ask('/secrets.db'),
        nul: await ask('/index.html%00.js'),
        isSecure: isSecureContext,
      };
    });
    expect(answers.page).toMatchObject({
      status: 200,
      policy: expect.stringContaining("default-src 'none'"),
    });
    expect(answers.page.policy).not.toMatch(/unsafe|\*|https?:/);
    for (const one of [answers.missing, answers.above, answers.unknownKind, answers.nul])
      expect(one.status).toBe(404);
    expect(answers.isSecure).toBe(true);
  });

  it('lets Chromium refuse inline script, eval, other hosts, frames and images from elsewhere', async () => {
    const violations = await desktop.page.evaluate(async () => {
      const seen: string[] = [];
      addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'globalThis.ranInline = true';
      document.body.append(script);
      const image = new Image();
      image.src = 'https://elsewhere.example/pixel.png';
      const frame = document.createElement('iframe');
      frame.src = 'https://elsewhere.example/';
      document.body.append(frame);
      await fetch('https://elsewhere.example/').catch(() => undefined);
      // From a timer: what a driver evaluates itself is let off the ban on eval.
      await new Promise<void>((resolve) =>
        setTimeout(() => {
          try {
            Reflect.get(globalThis, 'eval')('globalThis.ranEval = true');
          } catch {
            seen.push('eval threw');
          }
          setTimeout(resolve, 300);
        }),
      );
      frame.remove();
      return { seen, ranInline: 'ranInline' in globalThis, ranEval: 'ranEval' in globalThis };
    });
    expect(violations).toMatchObject({ ranInline: false, ranEval: false });
    expect(violations.seen).toEqual(
      expect.arrayContaining(['script-src-elem', 'img-src', 'frame-src', 'connect-src', 'eval threw']),
    );
  });
});

describe('the preload', () => {
  it('leaves nothing of the runtime in the page', async () => {
    const names = await desktop.page.evaluate(() =>
      Object.getOwnPropertyNames(globalThis).filter((name) =>
        /^_*([Ee]lectron|ipc|require$|process$|module$|exports$|Buffer$|global$|preload|standin|midwatch)/.test(
          name,
        ),
      ),
    );
    expect(names).toEqual([]);
  });

  it('hands over ports, and passes no other word on', async () => {
    const got = await desktop.page.evaluate(async () => {
      const ports: number[] = [];
      const hear = (event: MessageEvent) =>
        event.data?.type === 'midwatch:port' && ports.push(event.ports.length);
      addEventListener('message', hear);
      for (const type of ['midwatch:eval', 'midwatch:port-wanted', 'ready', ''])
        postMessage({ type, code: 'process.exit()' }, location.origin);
      postMessage('midwatch:ready', location.origin);
      postMessage(null, location.origin);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const before = ports.length;
      postMessage({ type: 'midwatch:ready' }, location.origin);
      await new Promise((resolve) => setTimeout(resolve, 500));
      removeEventListener('message', hear);
      return { before, ports };
    });
    expect(got).toEqual({ before: 0, ports: [1] });
  });
});

describe('the guards of a page', () => {
  it('keep the window at home, whatever a script or a link wants', async () => {
    const home = await desktop.address();
    for (const address of [
      'https://elsewhere.example/',
      'http://127.0.0.1:1/',
      'mailto:a@example.org',
      'app://other/index.html',
    ]) {
      await desktop.page.evaluate((to) => void location.assign(to), address);
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(await desktop.address(), address).toBe(home);
    }
    await until('the refusal is in the log', () => desktop.said().includes('did not'));
  });

  it('open https and mailto links in the system’s own program, once for each press', async () => {
    await press('https://example.org/runbook');
    await until('the link was opened', async () => (await shellRecord(desktop.app)).opened.length === 1);
    await press('mailto:on-call@example.org');
    await until('the mail was opened', async () => (await shellRecord(desktop.app)).opened.length === 2);
    expect((await shellRecord(desktop.app)).opened).toEqual([
      'https://example.org/runbook',
      'mailto:on-call@example.org',
    ]);
    expect(desktop.app.windows()).toHaveLength(1);
  });

  it('open nothing else, and nothing without a press', async () => {
    for (const address of [
      'http://example.org/',
      'file:///etc/passwd',
      'https://user:pass@example.org/',
      'smb://host/share',
      'ms-msdt:/id',
    ])
      await press(address);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await desktop.page.evaluate(() => void setTimeout(() => window.open('https://example.org/unasked')));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await shellRecord(desktop.app)).opened).toHaveLength(2);
    expect(desktop.app.windows()).toHaveLength(1);
    expect(await desktop.address()).toMatch(/^app:\/\/midwatch\//);
  });

  it('grant no permission', async () => {
    const states = await desktop.page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'clipboard-read'];
      const ask = async (name: string) =>
        (await navigator.permissions.query({ name: name as PermissionName })).state;
      return [...(await Promise.all(names.map(ask))), Notification.permission];
    });
    expect(new Set(states)).toEqual(new Set(['denied']));
  });
});
