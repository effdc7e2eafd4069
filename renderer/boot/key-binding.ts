import { tinykeys } from 'tinykeys';
import { runCommand } from '../state/command.ts';
import type { Core } from '../state/core.ts';
import { type Command, commands, worksOn } from '../state/key-table.ts';

/** `g`, then a letter, goes to a screen; within the time that tinykeys gives a sequence. */
const PREFIX = 'g';
const SEQUENCE_MS = 1_000;

/** Binds the table's keys. Typing in a field, an open dialog and a focused control keep their own keys. */
export function bindKeys(core: Core, page: Window): () => void {
  let prefixAt = Number.NEGATIVE_INFINITY;
  let second: KeyboardEvent | null = null;
  // Seen before the bindings are: the one key after a prefix belongs to the sequence, not to a command of its own.
  const notePrefix = (event: KeyboardEvent) => {
    if (/^(Shift|Control|Alt|Meta)$/.test(event.key)) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    second = event.timeStamp - prefixAt < SEQUENCE_MS && event.key !== PREFIX ? event : null;
    const begins = event.key === PREFIX && plain && !isTyping(aimOf(event));
    prefixAt = begins ? event.timeStamp : Number.NEGATIVE_INFINITY;
  };
  const bindings: Record<string, (event: KeyboardEvent) => void> = {};
  for (const [keys, sharing] of byKeys())
    bindings[keys] = (event) => {
      if (event === second && !keys.includes(' ')) return;
      const command = sharing.find((one) => mayRun(core, one, event));
      if (!command) return;
      event.preventDefault();
      if (command.id === 'edit') editFirst(page.document);
      else if (command.id === 'edit-query') editExpression(page.document);
      else if (command.id === 'search' && focusSearch(page.document)) return;
      else runCommand(core, command.id);
    };
  for (const [key, id] of [
    ['ArrowDown', 'next'],
    ['ArrowUp', 'previous'],
  ] as const) {
    bindings[key] = (event) => {
      if (!isListbox(event.target) || core.uiStore.getState().overlay !== null) return;
      event.preventDefault();
      runCommand(core, id);
    };
  }
  page.addEventListener('keydown', notePrefix, { capture: true });
  const unbind = tinykeys(page, bindings);
  return () => {
    unbind();
    page.removeEventListener('keydown', notePrefix, { capture: true });
  };
}

/** One key may be several commands', each on screens of its own. */
function byKeys(): Map<string, Command[]> {
  const all = new Map<string, Command[]>();
  for (const command of commands) {
    if (command.keys === null) continue;
    // The question mark needs Shift on most layouts, and is its own key on others.
    for (const keys of command.keys === '?' ? ['Shift+?', '?'] : [command.keys])
      all.set(keys, [...(all.get(keys) ?? []), command]);
  }
  return all;
}

function mayRun(core: Core, command: Command, event: KeyboardEvent): boolean {
  if (core.uiStore.getState().overlay !== null || isInDialog(event.target)) return false;
  if (!worksOn(command, core.uiStore.getState().route.screen)) return false;
  if (isTyping(aimOf(event)) && !command.whileTyping) return false;
  // Enter on a button or link presses that, and nothing else.
  return command.keys !== 'Enter' || !isControl(event.target);
}

/** What the key was really pressed in: an editor with a style of its own stands behind a shadow root. */
function aimOf(event: KeyboardEvent): EventTarget | null {
  return event.composedPath()[0] ?? event.target;
}

/** A tick box takes no letters: the keys of the screen go on working once one was pressed. */
const TAKES_NO_LETTERS: ReadonlySet<string> = new Set(['checkbox', 'radio', 'button', 'submit', 'range']);

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement && TAKES_NO_LETTERS.has(target.type)) return false;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('button, a, [role="menuitem"], summary') !== null;
}

/** Dialogs of a screen's own stand over it as well: its keys would act on what is behind them. */
function isInDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('dialog[open]') !== null;
}

function isListbox(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role="listbox"]') !== null;
}

/** The editor stands behind a shadow root, so that its styles may. */
function editExpression(page: Document): void {
  const editor = page.querySelector('[data-expression]')?.shadowRoot;
  editor?.querySelector<HTMLElement>('[contenteditable]')?.focus();
}

/** A screen with a search of its own is what `/` searches; elsewhere everything. */
function focusSearch(page: Document): boolean {
  const field = page.querySelector<HTMLInputElement>('main [data-search]');
  field?.select();
  field?.focus();
  return field !== null;
}

function editFirst(page: Document): void {
  const sections = [...page.querySelectorAll<HTMLButtonElement>('[data-write-section]')];
  const open = sections.find((one) => one.closest('[data-origin="empty"]')) ?? sections[0];
  open?.click();
}
