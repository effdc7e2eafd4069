import type { Page } from 'playwright-core';

export interface PortAnswer {
  readonly status: number;
  readonly code: string | undefined;
  readonly value: unknown;
  /** Bytes came with it. */
  readonly binary: boolean;
}

/** Asks the core over a port of this page's own, in the words of the wire, as any script of the page could. */
export function askOverPort(page: Page, path: string, input?: unknown): Promise<PortAnswer> {
  return page.evaluate(
    async ([address, body]) => {
      const port = await new Promise<MessagePort>((resolve) => {
        const hear = (event: MessageEvent) => {
          const [handed] = event.ports;
          if (!handed) return;
          removeEventListener('message', hear);
          resolve(handed);
        };
        addEventListener('message', hear);
        postMessage({ type: 'midwatch:ready' }, location.origin);
      });
      const answer = new Promise<PortAnswer>((resolve) => {
        port.onmessage = async ({ data }: MessageEvent<string | Uint8Array | Blob>) => {
          if (typeof data !== 'string')
            return resolve({ status: 200, code: undefined, value: null, binary: true });
          const { s, b } = (JSON.parse(data) as { p: { s?: number; b?: { json?: { code?: string } } } }).p;
          const json = b?.json;
          resolve({
            status: s ?? 200,
            code: s ? (json?.code ?? String(b)) : undefined,
            value: json ?? null,
            binary: false,
          });
        };
      });
      port.postMessage(
        JSON.stringify({ i: '1', p: { u: address, b: body === undefined ? {} : { json: body } } }),
      );
      const late = new Promise<PortAnswer>((_resolve, reject) =>
        setTimeout(() => reject(new Error(`no answer to ${address}`)), 15_000),
      );
      const result = await Promise.race([answer, late]);
      port.close();
      return result;
    },
    [path, input] as const,
  );
}
