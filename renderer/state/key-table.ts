export { type Command, type CommandId, commandOf, commands, worksOn } from '../../shared/model/command.ts';

const KEY_NAMES: Readonly<Record<string, string>> = { $mod: 'Ctrl', Enter: '↵', Shift: 'Shift', Alt: 'Alt' };

/** The caps to draw: `$mod+k` → one press `Ctrl K`; `g t` → two presses. */
export function keyCaps(keys: string, mac: boolean): readonly string[] {
  return keys.split(' ').map((press) =>
    press
      .split('+')
      .map((key) =>
        key === '$mod' && mac
          ? '⌘'
          : (KEY_NAMES[key] ?? (key.length === 1 && press.includes('+') ? key.toUpperCase() : key)),
      )
      .join(' '),
  );
}
