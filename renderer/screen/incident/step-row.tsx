import { useEffect, useRef } from 'react';
import type { Incident } from '../../../shared/model/incident.ts';
import type { StepRun } from '../../../shared/model/playbook.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { runCommand } from '../../state/command.ts';
import { sentences, splitExact } from '../../state/exact-text.ts';
import {
  type PlaybookView,
  type StepView,
  stepConditions,
  stepNature,
  writtenRequest,
} from '../../state/step.ts';
import { useBusy, useCore, useNow } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Exact } from '../../ui/clamped.tsx';
import { Conditions } from '../../ui/conditions.tsx';
import { countdown, shortUtc } from '../../ui/format.ts';

export interface StepRowProps {
  view: StepView;
  playbook: PlaybookView;
  incident: Incident;
}

/** One step. The running and the next one show the exact request; the others what came of them. */
export function StepRow({ view, playbook }: StepRowProps) {
  const { number, step, run, next } = view;
  const phase = run?.phase ?? 'waiting';
  const shape = phase === 'waiting' ? (next ? 'ready' : 'next') : phase;
  const now = useNow();
  const current = next || phase === 'running' || phase === 'unknown';
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (current) row.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return (
    <li ref={row} data-step={shape} aria-current={current ? 'step' : undefined}>
      <span className="g" aria-hidden="true" />
      <b>
        {number} {step.title}
      </b>
      <span className="when">
        {phase === 'running' && run?.startedAt ? (
          <>
            <b className="t1">{countdown(Math.max(0, now - run.startedAt))}</b> of {countdown(step.timeoutMs)}
          </>
        ) : phase !== 'skipped' && run?.endedAt && run.startedAt ? (
          <>
            {shortUtc(run.startedAt, now)}
            <span className="dur">, {formatDuration(run.endedAt - run.startedAt)}</span>
          </>
        ) : (
          WORDS[shape]
        )}
      </span>
      {phase === 'unknown' && run ? (
        <Unknown run={run} view={view} playbook={playbook} />
      ) : next ? (
        <Next view={view} playbook={playbook} />
      ) : run ? (
        <Outcome run={run} view={view} playbook={playbook} />
      ) : null}
    </li>
  );
}

const WORDS: Readonly<Record<string, string>> = {
  next: '',
  ready: 'next',
  skipped: 'skipped',
  running: 'running',
  unknown: 'unknown',
  failed: 'failed',
  done: '',
  found: '',
};

function Next({ view, playbook }: { view: StepView; playbook: PlaybookView }) {
  const core = useCore();
  const busy = useBusy(`run:${playbook.run?.id ?? ''}`);
  return (
    <div className="out stack">
      <div className="t2">{stepNature(view.step)}</div>
      <div className="line wrap">
        <Button kind="primary" caps={['r']} busy={busy} onPress={() => runCommand(core, 'run-step')}>
          Run step
        </Button>
        <Button caps={['Alt ↵']} onPress={() => runCommand(core, 'dry-run')}>
          Dry run
        </Button>
      </div>
      {view.step.kind === 'manual' && <p className="step-text">{view.step.instruction}</p>}
      {view.step.kind === 'http' && (
        <Exact
          text={writtenRequest(view.step)}
          lines={3}
          name="the request"
          head={<span className="t3">Sends</span>}
        />
      )}
      <Conditions conditions={stepConditions(view.step)} />
    </div>
  );
}

function Outcome({ run, view, playbook }: { run: StepRun; view: StepView; playbook: PlaybookView }) {
  const core = useCore();
  const runId = playbook.run?.id ?? '';
  const busy = useBusy(`run:${runId}`);
  if (run.phase === 'running')
    return (
      <div className="out stack" role="status">
        <Exact text={run.input ?? writtenRequest(view.step)} name="what was asked" />
        <Conditions conditions={stepConditions(view.step).filter((one) => one.label === 'Verified when')} />
        <div className="line">
          <Button kind="stop" caps={['.']} onPress={() => runCommand(core, 'stop-run')}>
            Stop
          </Button>
        </div>
      </div>
    );
  const { text, exact } = splitExact(run.output ?? '');
  return (
    <div className="out">
      {run.phase === 'found' && <b className="c-change">Indicates the root cause. </b>}
      {run.phase === 'failed' && <b className="c-sev1">Failed. </b>}
      <span className="step-text">
        {sentences([text, run.reason, run.verified && `Verified: ${run.verified}`])}
      </span>
      {run.attempt > 1 && <span className="t3"> Attempt {run.attempt}.</span>}
      {exact !== '' && <Exact text={exact} lines={1} name="the answer" />}
      {run.phase === 'failed' && view.step.retryable && (
        <div className="line">
          <Button busy={busy} onPress={() => void core.playbook.retry(runId, run.stepId)}>
            Retry
          </Button>
        </div>
      )}
    </div>
  );
}

/** Its effect was begun and the answer lost: only a person can say what is true. */
function Unknown({ run, view, playbook }: { run: StepRun; view: StepView; playbook: PlaybookView }) {
  const core = useCore();
  const runId = playbook.run?.id ?? '';
  const busy = useBusy(`run:${runId}`);
  const decide = (decision: 'done' | 'skip' | 'retry') => () =>
    void core.playbook.decide(runId, run.stepId, decision);
  return (
    <div className="out stack" role="alert">
      <div>
        <b className="c-burn">Outcome unknown.</b> {run.reason ?? 'It was begun, and the answer was lost.'}{' '}
        Look at the target, then say what is true.
      </div>
      <code className="cmd">{run.input ?? writtenRequest(view.step)}</code>
      <div className="line wrap">
        <Button busy={busy} onPress={decide('done')}>
          It was done
        </Button>
        <Button busy={busy} onPress={decide('retry')}>
          Send it again
        </Button>
        <Button kind="quiet" busy={busy} onPress={decide('skip')}>
          Skip it
        </Button>
      </div>
    </div>
  );
}
