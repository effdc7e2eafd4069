import type { Browser } from './cdp.ts';

type Handler = (request: Request) => Response | Promise<Response>;
type Privileges = {
  standard?: boolean;
  secure?: boolean;
  supportFetchAPI?: boolean;
  [other: string]: unknown;
};

/** Custom schemes: Chromium loads none over its protocol, so each stands for a host that only this file answers. */
export class Schemes {
  _privileges = new Map<string, Privileges>();
  _handlers = new Map<string, Handler>();

  registerSchemesAsPrivileged = (schemes: { scheme: string; privileges?: Privileges }[]): void => {
    for (const { scheme, privileges = {} } of schemes) {
      const odd = Object.entries(privileges).filter(
        ([key, on]) => on && !['standard', 'secure', 'supportFetchAPI'].includes(key),
      );
      if (odd.length > 0) throw new Error(`The stand-in shows no privilege "${odd[0]?.[0]}" of ${scheme}:.`);
      this._privileges.set(scheme, privileges);
    }
  };

  handle = (scheme: string, handler: Handler): void => {
    if (this._handlers.has(scheme)) throw new Error(`The scheme ${scheme}: has a handler.`);
    this._handlers.set(scheme, handler);
  };

  /** `app://midwatch/x` → `https://midwatch.app.test/x`; plain http for a scheme that is not registered as secure. */
  _toBrowser(address: string): string {
    const [, scheme = '', host = '', rest = ''] = /^([a-z]+):\/\/([^/?#]*)(.*)$/.exec(address) ?? [];
    if (!this._handlers.has(scheme)) return address;
    const secure = this._privileges.get(scheme)?.secure === true;
    return `${secure ? 'https' : 'http'}://${host}.${scheme}.test${rest || '/'}`;
  }

  _fromBrowser(address: string): string {
    const [, host, scheme = '', rest = ''] =
      /^https?:\/\/([^/?#]*)\.([a-z]+)\.test([/?#].*)?$/.exec(address) ?? [];
    return this._handlers.has(scheme) ? `${scheme}://${host}${rest}` : address;
  }

  /** Answers a paused request of the page by the scheme's handler; false where none is concerned. */
  async _answer(browser: Browser, session: string, paused: PausedRequest): Promise<boolean> {
    const address = this._fromBrowser(paused.request.url);
    if (address === paused.request.url) return false;
    const handler = this._handlers.get(new URL(address).protocol.slice(0, -1));
    if (!handler) return false;
    const { requestId } = paused;
    try {
      const response = await handler(new Request(address, { method: paused.request.method }));
      const headers = [...response.headers].map(([name, value]) => ({ name, value }));
      const body = Buffer.from(await response.arrayBuffer()).toString('base64');
      await browser.send(
        'Fetch.fulfillRequest',
        { requestId, responseCode: response.status, responseHeaders: headers, body },
        session,
      );
    } catch {
      await browser.send('Fetch.failRequest', { requestId, errorReason: 'Failed' }, session);
    }
    return true;
  }
}

export interface PausedRequest {
  readonly requestId: string;
  readonly resourceType: string;
  readonly frameId: string;
  readonly request: { readonly url: string; readonly method: string };
}
