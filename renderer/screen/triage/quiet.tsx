import { useStore } from 'zustand';
import { demoFaults } from '../../state/demo.ts';
import { useBusy, useCollection, useCore, useLine, useNow } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { ago } from '../../ui/format.ts';
import { Empty } from '../../ui/state.tsx';
import styles from './triage.module.css';

/** Nothing needs anybody: says what was looked at and when, and in the demo offers something to look at. */
export function Quiet() {
  const core = useCore();
  const now = useNow();
  const objectives = useCollection('objectives').byId;
  const demo = useStore(core.demo.store);
  const isDemo = useLine((state) => state.hello?.demo ?? false);
  const latest = Math.max(0, ...[...objectives.values()].map((one) => one.evaluatedAt ?? 0));
  const sentence =
    objectives.size === 0
      ? 'No objective is configured yet: nothing can burn, so nothing can page. Write one in slos/.'
      : latest === 0
        ? `${objectives.size} objectives wait for their first evaluation.`
        : `${objectives.size} ${objectives.size === 1 ? 'objective' : 'objectives'} evaluated ${ago(latest, now)}.`;
  return (
    <section className={styles.quiet} aria-label="Queue">
      <Empty
        glyph={objectives.size > 0 && latest > 0 ? 'ok' : 'wait'}
        tone={latest > 0 ? 'ok' : 't3'}
        title={objectives.size > 0 ? 'Nothing is firing' : 'Nothing is watched yet'}
      >
        <p>{sentence}</p>
      </Empty>
      {isDemo && demo.available && (
        <div className={styles.breaks}>
          <div className="line">
            <h2>Break something</h2>
            <span className="t3 s12">Demo: the simulated fleet really breaks, and mends itself in time</span>
          </div>
          <ul className={styles.faults}>
            {demoFaults.map((fault) => (
              <FaultRow key={fault.kind} kind={fault.kind} label={fault.label} note={fault.note} />
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function FaultRow({ kind, label, note }: (typeof demoFaults)[number]) {
  const core = useCore();
  const busy = useBusy(`demo:${kind}`);
  return (
    <li>
      <Button
        kind={kind === 'bad-model' ? 'primary' : 'plain'}
        busy={busy}
        onPress={() => void core.demo.inject(kind)}
      >
        {label}
      </Button>
      <span className="t2 s12">{note}</span>
    </li>
  );
}
