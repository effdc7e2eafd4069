import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { silentLogger } from '../../../main/platform/index.ts';
import { createPostmortems, type Postmortems } from '../../../main/postmortem/index.ts';
import type { Postmortem, SectionId } from '../../../shared/model/postmortem.ts';
import { fired, type IncidentBench, incidentBench } from '../../support/incidents.ts';

let bench: IncidentBench;
let postmortems: Postmortems;
let id: string;
let folder: string;
const create = () =>
  createPostmortems({
    clock: bench.clock,
    log: bench.test.log,
    logger: silentLogger(),
    incident: (one) => bench.incidents.get(one),
    objective: (one) => bench.objectives.get(one),
    onTimeline: (one, entry) => bench.incidents.append(one, entry),
  });
beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'midwatch-export-')), 'deep', 'folder');
  bench = await incidentBench();
  await bench.incidents.handleAlerts([fired()]);
  id = bench.incidents.list()[0]?.id ?? '';
  postmortems = create();
});
afterEach(() => {
  bench.remove();
  rmSync(dirname(dirname(folder)), { recursive: true, force: true });
});
const write = (postmortem: Postmortem, section: SectionId, text: string) => ({
  title: postmortem.title,
  sections: postmortem.sections.map((one) => ({ id: one.id, text: one.id === section ? text : one.text })),
});
const textOf = (postmortem: Postmortem | null, section: SectionId) =>
  postmortem?.sections.find((one) => one.id === section)?.text;

describe('the postmortem of an incident', () => {
  it('is drafted once, with no source answering, and the timeline says so', async () => {
    bench.target.mode = 'refuse';
    expect(await postmortems.get(id)).toBeNull();
    const draft = await postmortems.ensure(id);
    await bench.clock.advance(60_000);
    expect(await postmortems.ensure(id)).toEqual(draft);
    const timeline = await bench.incidents.timeline(id, 0);
    expect(timeline.filter((entry) => entry.kind === 'postmortem')).toHaveLength(1);
    expect(textOf(draft, 'impact')).toContain('Highest burn rate');
    await expect(postmortems.ensure('nobody')).rejects.toMatchObject({ code: 'incident-not-found' });
  });

  it('keeps what a person wrote over a restart and over each redraft', async () => {
    const draft = await postmortems.ensure(id);
    const saved = await postmortems.save(id, draft.revision, write(draft, 'summary', 'In our words.'));
    expect(saved.revision).toBe(2);
    await bench.restart();
    postmortems = create();
    await bench.clock.advance(60_000);
    await bench.incidents.acknowledge(id, 'you');
    const refreshed = await postmortems.refresh(id);
    expect(textOf(refreshed, 'summary')).toBe('In our words.');
    expect(textOf(refreshed, 'timeline')).toContain('you acknowledged after 1 m');
    expect(refreshed?.revision).toBe(3);
    expect(await postmortems.get(id)).toEqual(refreshed);
  });

  it('is not drafted by a refresh, and a refresh without news saves nothing', async () => {
    expect(await postmortems.refresh(id)).toBeNull();
    const draft = await postmortems.ensure(id);
    expect(await postmortems.refresh(id)).toEqual(draft);
  });

  it('answers a save on an older revision with the stored one where the same section was written, and merges otherwise', async () => {
    const draft = await postmortems.ensure(id);
    await postmortems.save(id, 1, write(draft, 'summary', 'theirs'));
    await expect(postmortems.save(id, 1, write(draft, 'summary', 'mine'))).rejects.toMatchObject({
      code: 'stale-revision',
      details: { revision: 2, sections: ['summary'] },
    });
    const merged = await postmortems.save(id, 1, write(draft, 'got-lucky', 'mine'));
    expect([textOf(merged, 'summary'), textOf(merged, 'got-lucky')]).toEqual(['theirs', 'mine']);
    await expect(postmortems.save(id, 77, write(draft, 'summary', 'x'))).rejects.toMatchObject({
      code: 'stale-revision',
    });
  });

  it('autosaves while the incident moves on', async () => {
    const draft = await postmortems.ensure(id);
    await bench.clock.advance(60_000);
    await bench.incidents.acknowledge(id, 'you');
    await postmortems.refresh(id);
    const saved = await postmortems.save(
      id,
      draft.revision,
      write(draft, 'root-cause', 'A feature was missing.'),
    );
    expect(saved.revision).toBe(3);
    expect(textOf(saved, 'timeline')).toContain('acknowledged');
  });
});

describe('the export', () => {
  it('is Markdown with front matter, ten sections, and each chart as a file beside it', async () => {
    const { path, files, markdown } = await postmortems.exportMarkdown(id, folder);
    expect(readFileSync(path, 'utf8')).toBe(markdown);
    expect(files.at(-1)).toBe(path);
    expect(readdirSync(folder).sort()).toEqual(files.map((file) => basename(file)).sort());
    const [, front, body] = markdown.split(/^---$/m);
    expect(parse(front ?? '')).toMatchObject({
      incident: 'INC-0001',
      severity: 'SEV-2',
      title: 'gateway-availability burns at 35.7×: 5 of 140 requests failed',
    });
    expect(body?.match(/^## /gm)).toHaveLength(11);
    expect(body).toContain('*Not written yet: What could have made this worse');
    const charts = [...markdown.matchAll(/!\[[^\]]*\]\(\.\/([^)]+)\)/g)].map((match) => match[1] ?? '');
    expect(charts).toHaveLength(2);
    for (const chart of charts) expect(readFileSync(join(folder, chart), 'utf8')).toMatch(/^<svg /);
  });

  it('keeps inside the folder whatever the title is, and replaces an earlier one whole', async () => {
    const draft = await postmortems.ensure(id);
    await postmortems.save(id, 1, { ...write(draft, 'summary', 'x'), title: '../../../etc/cron.d/x' });
    const first = await postmortems.exportMarkdown(id, folder);
    expect(dirname(first.path)).toBe(folder);
    expect(basename(first.path)).toBe('inc-0001-etc-cron-d-x.md');
    const again = await postmortems.exportMarkdown(id, folder);
    expect(again.files).toEqual(first.files);
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('that cannot be written is a coded error, and the postmortem is still there', async () => {
    writeFileSync(join(dirname(dirname(folder)), 'deep'), 'in the way');
    await expect(postmortems.exportMarkdown(id, folder)).rejects.toMatchObject({
      code: 'export-failed',
      retryable: true,
    });
    expect(existsSync(folder)).toBe(false);
    expect(await postmortems.get(id)).not.toBeNull();
  });
});
