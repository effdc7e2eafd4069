import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoWorkspace } from '../../../main/app/demo-workspace.ts';
import { DEMO_WORKSPACE } from '../../support/workspace.ts';

let folder: string;
let original: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-demo-'));
  original = join(folder, 'original');
  data = folder;
  cpSync(DEMO_WORKSPACE, original, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the demo’s workspace', () => {
  it('is a copy that keeps what was changed in it over restarts', () => {
    const copy = demoWorkspace(original, data);
    expect(readFileSync(join(copy, 'slos/gateway.yaml'), 'utf8')).toBe(
      readFileSync(join(original, 'slos/gateway.yaml'), 'utf8'),
    );
    appendFileSync(join(copy, 'services.yaml'), '# mine\n');
    expect(demoWorkspace(original, data)).toBe(copy);
    expect(readFileSync(join(copy, 'services.yaml'), 'utf8')).toContain('# mine');
    expect(readFileSync(join(original, 'services.yaml'), 'utf8')).not.toContain('# mine');
  });

  it('begins again with another edition of the demo, and keeps the old copy beside it', () => {
    const copy = demoWorkspace(original, data);
    appendFileSync(join(copy, 'services.yaml'), '# mine\n');
    appendFileSync(join(original, 'midwatch.yaml'), '# next edition\n');
    expect(readFileSync(join(demoWorkspace(original, data), 'services.yaml'), 'utf8')).not.toContain(
      '# mine',
    );
    expect(readFileSync(join(data, 'workspace.previous/services.yaml'), 'utf8')).toContain('# mine');
  });
});
