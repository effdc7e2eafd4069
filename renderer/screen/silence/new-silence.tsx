import { useEffect, useState } from 'react';
import type { SilencePreview } from '../../../shared/contract/silence.ts';
import { Priority } from '../../../shared/model/priority.ts';
import { SILENCE_SPANS, spanOf } from '../../state/silence.ts';
import { useBusy, useCore } from '../../state/use-core.tsx';
import { PriorityBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Form } from '../../ui/form.tsx';
import styles from './silence.module.css';

const KEY = 'silence:new';
const REST_MS = 250;
const SHOWN = 8;

/** Matchers, how long, and why; beside them what it would hold now. Its author is whoever makes it. */
export function NewSilence({ matchers: first, onClose }: { matchers: string; onClose: () => void }) {
  const core = useCore();
  const busy = useBusy(KEY);
  const [matchers, setMatchers] = useState(first);
  const [comment, setComment] = useState('');
  const [span, setSpan] = useState('1h');
  const preview = usePreview(matchers);
  const durationMs = spanOf(span);
  const ready = preview?.problem === null && comment.trim() !== '' && durationMs !== null;
  const create = async () => {
    if (!ready || busy || durationMs === null) return;
    const made = await core.requests.say(KEY, (api) =>
      api.silence.create({ matchers, comment: comment.trim(), durationMs }),
    );
    if (!made.ok) return;
    core.ui.toast('ok', 'Silenced. What it holds stays visible, and it ends by itself.');
    onClose();
  };
  return (
    <Dialog title="Silence alerts" onClose={onClose}>
      <Form onSubmit={() => void create()}>
        <label>
          Matchers; all must match
          <input
            type="text"
            className="mono"
            data-focus={first === '' || undefined}
            placeholder={'service="gateway", priority=~"P1|P2"'}
            maxLength={20_000}
            value={matchers}
            onChange={(event) => setMatchers(event.target.value)}
          />
        </label>
        <Preview preview={preview} />
        <label>
          Why; whoever wonders at night reads it
          <input
            type="text"
            data-focus={first !== '' || undefined}
            maxLength={1_000}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
          />
        </label>
        <div className={styles.spans}>
          <label>
            For
            <input
              type="text"
              aria-invalid={durationMs === null}
              value={span}
              onChange={(event) => setSpan(event.target.value)}
            />
          </label>
          {SILENCE_SPANS.map((one) => (
            <Button key={one.ms} onPress={() => setSpan(one.name.replaceAll(' ', '').replace('min', 'm'))}>
              {one.name}
            </Button>
          ))}
        </div>
        {durationMs === null && <p className="s12 t2">Write how long, such as 90m or 1d12h.</p>}
        <div className="line form-actions">
          <Button kind="quiet" caps={['Esc']} onPress={onClose}>
            Cancel
          </Button>
          <Button type="submit" kind="primary" busy={busy} disabled={!ready} onPress={() => undefined}>
            Silence
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

/** What is typed is looked at when the hand rests; null until it was. */
function usePreview(matchers: string): SilencePreview | null {
  const core = useCore();
  const [seen, setSeen] = useState<{ matchers: string; preview: SilencePreview } | null>(null);
  useEffect(() => {
    if (matchers.trim() === '') return;
    let wanted = true;
    const timer = setTimeout(async () => {
      const answer = await core.requests.quiet((api) => api.silence.preview({ matchers }));
      if (!wanted) return;
      const refused = { matchers: '', total: 0, alerts: [] };
      setSeen({
        matchers,
        preview: answer.ok ? answer.value : { ...refused, problem: answer.error.text },
      });
    }, REST_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [core, matchers]);
  return seen?.matchers === matchers ? seen.preview : null;
}

function Preview({ preview }: { preview: SilencePreview | null }) {
  if (preview === null) return <p className="s12 t3">What it would hold now is shown here.</p>;
  if (preview.problem !== null)
    return (
      <p className="s12 c-burn" role="status">
        {preview.problem}
      </p>
    );
  return (
    <div className="stack" role="status">
      <p className="s12 t2 num">
        {preview.total === 0
          ? 'No alert that is active now; it holds those that come.'
          : `It would hold ${preview.total} now:`}
      </p>
      <ul className={styles.preview}>
        {preview.alerts.slice(0, SHOWN).map((one) => (
          <li key={one.id} className="line s12">
            <PriorityBadge priority={Priority.parse(one.priority)} />
            <span className="clip">{one.title}</span>
            <span className="push t3">{one.phase}</span>
          </li>
        ))}
      </ul>
      {preview.total > SHOWN && <p className="s12 t3">and {preview.total - SHOWN} more</p>}
    </div>
  );
}
