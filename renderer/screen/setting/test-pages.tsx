import { Priority } from '../../../shared/model/priority.ts';
import { useBusy, useCore } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import styles from './setting.module.css';

/** What each priority looks and sounds like on this machine, before it is needed. */
export function TestPages() {
  return (
    <section className="box" aria-labelledby="test-pages">
      <div className="box-head">
        <h2 id="test-pages">Send a test page</h2>
        <span className="t3 s12">to this machine’s screen and nowhere else, with its sound</span>
      </div>
      <div className={`line wrap ${styles.foot}`}>
        {Priority.options.map((one) => (
          <TestPage key={one} priority={one} />
        ))}
      </div>
    </section>
  );
}

function TestPage({ priority }: { priority: Priority }) {
  const core = useCore();
  const key = `test-page:${priority}`;
  const busy = useBusy(key);
  const send = async () => {
    const sent = await core.requests.say(key, (api) => api.system.sendTestPage({ priority }));
    if (sent.ok) core.ui.toast('ok', sent.value.text);
  };
  return (
    <Button busy={busy} onPress={() => void send()}>
      Send {priority}
    </Button>
  );
}
