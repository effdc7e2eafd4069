import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  readonly ca: string;
  readonly server: Identity;
  readonly expired: Identity;
  /** The authority's own: signed by itself. */
  readonly selfSigned: Identity;
  readonly client: Identity;
  /** A client that another authority vouches for. */
  readonly stranger: Identity;
}

/** Makes an authority with a server, an expired server and a client, and a stranger, by openssl. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-tls-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  let serial = 0;
  const authority = (name: string) =>
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
    );
  const issue = (name: string, by: string, days: number): Identity => {
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    writeFileSync(join(folder, 'ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    serial += 1;
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      `${by}.crt`,
      '-CAkey',
      `${by}.key`,
      '-set_serial',
      String(serial),
      '-extfile',
      'ext',
      '-days',
      String(days),
      '-out',
      `${name}.crt`,
    );
    return { cert: read(`${name}.crt`), key: read(`${name}.key`) };
  };
  try {
    authority('ca');
    authority('other');
    return {
      ca: read('ca.crt'),
      server: issue('server', 'ca', 2),
      selfSigned: { cert: read('ca.crt'), key: read('ca.key') },
      expired: issue('expired', 'ca', -1),
      client: issue('client', 'ca', 2),
      stranger: issue('stranger', 'other', 2),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A server that wants a client certificate and refuses a stranger's by a TLS alert, as most servers do; Node's own only
 * hangs up on it.
 */
export async function startRefusing(made: Certificates): Promise<{ url: string; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-mutual-'));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const child = spawn(
    'openssl',
    [
      ['s_server', '-accept', '127.0.0.1:0', '-www', '-Verify', '1', '-verify_return_error'],
      ['-cert', write('crt', made.server.cert), '-key', write('key', made.server.key)],
      ['-CAfile', write('ca', made.ca)],
    ].flat(),
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const match = /ACCEPT .*:(\d+)/.exec(said);
      if (match?.[1]) resolve(match[1]);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error('openssl s_server ended at once')));
  });
  return {
    url: `https://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => {
          rmSync(folder, { recursive: true, force: true });
          resolve();
        });
        child.kill();
      }),
  };
}
