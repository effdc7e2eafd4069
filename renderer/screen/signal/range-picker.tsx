import { useState } from 'react';
import { useStore } from 'zustand';
import { parseDuration, promDuration } from '../../../shared/unit/time.ts';
import { fieldOf, instantOf, RANGES_MS } from '../../state/signal-time.ts';
import type { SignalView } from '../../state/signal-view.ts';
import { useCore } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Form } from '../../ui/form.tsx';
import styles from './signal.module.css';

const STEPS = ['1s', '5s', '10s', '30s', '1m', '5m', '15m', '1h', '1d'];

/** Which time is shown, in whose clocks, and how finely it is asked for. */
export function RangePicker({ view }: { view: SignalView }) {
  const core = useCore();
  const zoomed = useStore(core.signal.store, (state) => state.zoomedFrom.length > 0);
  const { range, zone, stepMs } = view;
  const choose = (value: string) => {
    const now = core.clock.getState().nowAt;
    if (value !== 'between') core.signal.show({ ...view, range: { kind: 'last', ms: Number(value) } });
    else if (range.kind === 'last')
      core.signal.show({ ...view, range: { kind: 'between', fromAt: now - range.ms, toAt: now } });
  };
  const steps =
    stepMs === null || STEPS.includes(promDuration(stepMs)) ? STEPS : [promDuration(stepMs), ...STEPS];
  const ranges =
    range.kind === 'last' && !RANGES_MS.includes(range.ms) ? [range.ms, ...RANGES_MS] : RANGES_MS;
  return (
    <div className={styles.range}>
      <label className={styles.labelled}>
        Time
        <select
          className="field"
          value={range.kind === 'last' ? String(range.ms) : 'between'}
          onChange={(event) => choose(event.target.value)}
        >
          {ranges.map((ms) => (
            <option key={ms} value={ms}>
              last {promDuration(ms)}
            </option>
          ))}
          <option value="between">from … to</option>
        </select>
      </label>
      {range.kind === 'between' && <Between key={`${zone} ${range.fromAt} ${range.toAt}`} view={view} />}
      {zoomed && <Button onPress={core.signal.resetZoom}>Reset zoom</Button>}
      <fieldset className={styles.choice} aria-label="Whose clocks">
        {(['utc', 'local'] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={zone === one}
            onClick={() => core.signal.show({ ...view, zone: one })}
          >
            {one === 'utc' ? 'UTC' : 'Local'}
          </button>
        ))}
      </fieldset>
      <label className={styles.labelled}>
        Step
        <select
          className="field"
          value={stepMs === null ? '' : promDuration(stepMs)}
          onChange={(event) =>
            core.signal.show({ ...view, stepMs: parseDuration(event.target.value) || null })
          }
        >
          <option value="">auto</option>
          {steps.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Between({ view }: { view: SignalView }) {
  const core = useCore();
  const { range, zone } = view;
  const [from, setFrom] = useState(range.kind === 'between' ? fieldOf(range.fromAt, zone) : '');
  const [to, setTo] = useState(range.kind === 'between' ? fieldOf(range.toAt, zone) : '');
  const [fromAt, toAt] = [instantOf(from, zone), instantOf(to, zone)];
  const problem =
    fromAt === undefined || toAt === undefined
      ? 'Write both times.'
      : toAt - fromAt < 1_000
        ? 'The end must be later than the beginning.'
        : null;
  const apply = () => {
    if (problem === null && fromAt !== undefined && toAt !== undefined)
      core.signal.show({ ...view, range: { kind: 'between', fromAt, toAt } });
  };
  const changed =
    range.kind === 'between' && (from !== fieldOf(range.fromAt, zone) || to !== fieldOf(range.toAt, zone));
  return (
    <Form className={styles.between} onSubmit={apply}>
      <input
        type="datetime-local"
        step="1"
        className="field"
        aria-label={`From, ${zone === 'utc' ? 'UTC' : 'local time'}`}
        value={from}
        onChange={(event) => setFrom(event.target.value)}
      />
      <span className="t3">to</span>
      <input
        type="datetime-local"
        step="1"
        className="field"
        aria-label={`To, ${zone === 'utc' ? 'UTC' : 'local time'}`}
        value={to}
        onChange={(event) => setTo(event.target.value)}
      />
      {changed && (
        <Button
          type="submit"
          onPress={apply}
          disabled={problem !== null}
          {...(problem ? { title: problem } : {})}
        >
          Show
        </Button>
      )}
    </Form>
  );
}
