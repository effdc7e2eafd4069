import { type ChildProcess, spawn } from 'node:child_process';
import { err, ok, type Result } from '../../../shared/error/result.ts';

/** Notifications by the program `notify-send`, one for each key: a later one takes the place of the earlier. */
export interface NotifySend {
  /** Answers once it is on the screen. `onClick` is heard when a person presses it, as long as it is there. */
  show(key: string, args: readonly string[], onClick: () => void): Promise<Result<'shown', string>>;
  /** Nobody listens for clicks any more; what is on the screen stays. */
  stop(): void;
}

const SHOWN_MS = 5_000;
/** Each notification that can be pressed holds a small process; the oldest ones lose theirs. */
const WAITING_MAX = 20;
/** On its own it keeps the number back until it ends, which is when the notification is gone. */
const BY_LINE = ['stdbuf', '-oL'];
const WITH_CLICK = ['--print-id', '--action=default=Open'];

interface Shown {
  readonly child: ChildProcess;
  /** As the notification service numbers it; null until it has said so. */
  id: string | null;
}

export function createNotifySend(hasClicks: boolean): NotifySend {
  const shown = new Map<string, Shown>();
  let knowsClicks = hasClicks;
  const forget = (key: string) => {
    const before = shown.get(key);
    before?.child.kill();
    shown.delete(key);
    return before?.id ?? null;
  };
  const attempt = (key: string, args: readonly string[], onClick: () => void) => {
    const replaced = forget(key);
    const own = [...WITH_CLICK, ...(replaced === null ? [] : [`--replace-id=${replaced}`])];
    const [program = '', ...rest] = knowsClicks ? [...BY_LINE, 'notify-send', ...own] : ['notify-send'];
    const child = spawn(program, [...rest, ...args].map(asArgument), { stdio: ['ignore', 'pipe', 'pipe'] });
    const note: Shown = { child, id: null };
    shown.set(key, note);
    for (const old of [...shown.keys()].slice(0, -WAITING_MAX)) forget(old);
    child.once('exit', () => {
      if (shown.get(key) === note && note.id === null) shown.delete(key);
    });
    return whenShown(child, (line) => {
      if (line === 'default') onClick();
      else if (note.id === null) note.id = line;
    });
  };
  return {
    async show(key, args, onClick) {
      const first = await attempt(key, args, onClick);
      if (first.ok || !knowsClicks || !/unknown option|stdbuf/i.test(first.error)) return first;
      // Before libnotify 0.8 it neither numbers nor listens, and not every system has the other program.
      knowsClicks = false;
      return attempt(key, args, onClick);
    },
    stop: () => [...shown.keys()].forEach(forget),
  };
}

/** It is on the screen when its number comes, or, where it says none, when the program has ended well. */
function whenShown(child: ChildProcess, onLine: (line: string) => void): Promise<Result<'shown', string>> {
  return new Promise((resolve) => {
    let complaint = '';
    const late = setTimeout(() => {
      child.kill();
      resolve(failed('it did not answer within 5 s'));
    }, SHOWN_MS);
    const settle = (result: Result<'shown', string>) => {
      clearTimeout(late);
      resolve(result);
    };
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2_000);
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter((one) => one !== '')) onLine(line);
      settle(ok('shown'));
    });
    child.once('error', (error) => settle(failed(error.message)));
    child.once('close', (status) =>
      settle(status === 0 ? ok('shown') : failed(complaint.trim().split('\n')[0] || `exit status ${status}`)),
    );
  });
}

function failed(why: string): Result<'shown', string> {
  return err(`notify-send failed: ${why}. Install libnotify-bin, or rely on the browser's notification.`);
}

/** No process takes an argument with a NUL in it, and label values may hold one. */
function asArgument(text: string): string {
  return text.replaceAll('\0', ' ');
}
