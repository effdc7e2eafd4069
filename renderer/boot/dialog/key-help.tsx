import { type Command, commands, keyCaps, worksOn } from '../../state/key-table.ts';
import { useUi } from '../../state/use-core.tsx';
import { isMac, Keys } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

const GROUPS: readonly Command['group'][] = ['Query', 'Move', 'Respond', 'Write', 'Go to', 'Window'];

/** What belongs to a control and not to a screen, and so stands in no table. */
const EVERYWHERE: readonly { readonly label: string; readonly caps: readonly string[] }[] = [
  { label: 'Next control, previous control', caps: ['Tab', 'Shift Tab'] },
  { label: 'Close a dialog, leave a field', caps: ['Esc'] },
  { label: 'Send a form, from any of its fields', caps: [isMac() ? '⌘ ↵' : 'Ctrl ↵'] },
  { label: 'Rows of the queue', caps: ['↑', '↓'] },
  { label: 'Chart: a part of the time', caps: ['drag'] },
  { label: 'Chart: all of the time, and back', caps: ['double click'] },
];

/** The keys of this screen, from the one table. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const screen = useUi((state) => state.route.screen);
  const mac = isMac();
  const here = commands.filter((one) => one.keys !== null && worksOn(one, screen));
  return (
    <Dialog title="Keys of this screen" onClose={onClose}>
      <div className="keys-grid">
        {GROUPS.map((group) => {
          const mine = here.filter((one) => one.group === group);
          if (mine.length === 0) return null;
          return (
            <section key={group}>
              <h3>{group}</h3>
              <dl>
                {mine.map((one) => (
                  <div key={one.id}>
                    <dt>{one.label}</dt>
                    <dd>
                      <span className="vh">{one.keys}</span>
                      <Keys caps={keyCaps(one.keys ?? '', mac)} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
        <section>
          <h3>Controls</h3>
          <dl>
            {EVERYWHERE.map(({ label, caps }) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>
                  <span className="vh">{caps.join(' or ')}</span>
                  <Keys caps={caps} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
