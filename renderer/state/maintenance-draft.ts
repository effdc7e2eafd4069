import { fileStem, type WorkspaceEditInput } from '../../shared/config/edit.ts';
import type { MaintenancePlan, MaintenanceState } from '../../shared/model/maintenance.ts';
import { promDuration } from '../../shared/unit/time.ts';

/** A maintenance window as its form has it: texts, as they are typed. */
export interface MaintenanceDraft {
  readonly title: string;
  /** Ids, with commas between. */
  readonly services: string;
  readonly matchers: string;
  readonly includeDependents: boolean;
  readonly timeZone: string;
  readonly recurs: boolean;
  readonly schedule: string;
  readonly duration: string;
  readonly from: string;
  readonly to: string;
}

/** A window as midwatch.yaml writes it. */
export type WrittenWindow = Readonly<Record<string, string | boolean | string[]>>;

const FILE = 'midwatch.yaml';

export function emptyDraft(timeZone: string): MaintenanceDraft {
  return {
    title: '',
    services: '',
    matchers: '',
    includeDependents: false,
    timeZone,
    recurs: true,
    schedule: '0 2 * * sun',
    duration: '1h',
    from: '',
    to: '',
  };
}

export function draftOf(window: MaintenanceState): MaintenanceDraft {
  const { id, title, durationMs, schedule } = window;
  return {
    title: title === id ? '' : title,
    services: window.services.join(', '),
    matchers: window.matchers.join(', '),
    includeDependents: window.includeDependents,
    timeZone: window.timeZone,
    recurs: schedule !== null,
    schedule: schedule ?? '',
    duration: durationMs === null ? '' : promDuration(durationMs),
    from: window.from ?? '',
    to: window.to ?? '',
  };
}

/** What the form stands for; its id stays that of the window that is changed, and is made of the title for a new one. */
export function writtenOf(draft: MaintenanceDraft, id: string): WrittenWindow {
  const services = draft.services
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const [title, matchers] = [draft.title.trim(), draft.matchers.trim()];
  return {
    id,
    ...(title === '' || title === id ? {} : { title }),
    ...(services.length === 0 ? {} : { services }),
    ...(matchers === '' ? {} : { matchers: [matchers] }),
    ...(draft.includeDependents ? { include_dependents: true } : {}),
    time_zone: draft.timeZone.trim(),
    ...(draft.recurs
      ? { schedule: draft.schedule.trim(), duration: draft.duration.trim() }
      : { from: draft.from, to: draft.to }),
  };
}

/** What is wrong with a field, once somebody was in it or wanted to save: an empty form is no mistake. */
export function shownProblem(
  problems: MaintenancePlan['problems'],
  keys: readonly string[],
  touched: ReadonlySet<string>,
): string | null {
  if (!keys.some((key) => touched.has(key))) return null;
  return problems.find((one) => keys.includes(one.key))?.message ?? null;
}

/** An id that no other window has. */
export function freeId(title: string, taken: ReadonlySet<string>): string {
  const stem = title.trim() === '' ? 'maintenance' : fileStem(title);
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? stem : `${stem}-${number}`;
    if (!taken.has(id)) return id;
  }
}

/** What writes the window: a new item, or only what of the present one is another, so that comments beside it stay. */
export function windowEdits(after: WrittenWindow, before: MaintenanceState | null): WorkspaceEditInput[] {
  if (!before) return [{ kind: 'insert', file: FILE, path: ['maintenance'], value: { ...after } }];
  const was = writtenOf(draftOf(before), before.id);
  const at = (key: string) => ['maintenance', { where: 'id', is: before.id }, key];
  return [...new Set([...Object.keys(was), ...Object.keys(after)])].flatMap((key): WorkspaceEditInput[] => {
    const [old, now] = [was[key], after[key]];
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    return now === undefined
      ? [{ kind: 'remove', file: FILE, path: at(key) }]
      : [{ kind: 'set', file: FILE, path: at(key), value: now }];
  });
}

export function removalOf({ id }: MaintenanceState): WorkspaceEditInput[] {
  return [{ kind: 'remove', file: FILE, path: ['maintenance', { where: 'id', is: id }] }];
}

/** `Sun 29 Mar 02:00 to 03:00, UTC+2`: with how far its clock is from UTC then. */
export function offsetText(at: number, timeZone: string): string {
  const name = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'shortOffset' })
    .formatToParts(at)
    .find((one) => one.type === 'timeZoneName')?.value;
  return (name ?? 'UTC').replace('GMT', 'UTC');
}
