import { useEffect, useRef, useState } from 'react';
import type { Discovery } from '../../../shared/model/proposal.ts';
import { answersQueries } from '../../../shared/model/source.ts';
import { draftOfProposal, EMPTY_DRAFT, type ObjectiveDraft } from '../../state/objective-draft.ts';
import { useCollection, useCore } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Form } from '../../ui/form.tsx';
import { DraftForm } from './draft-form.tsx';
import { DraftProposals } from './draft-proposals.tsx';
import styles from './objective.module.css';

type Step =
  | { readonly at: 'source' }
  | { readonly at: 'looking'; readonly done: number; readonly of: number; readonly what: string }
  | { readonly at: 'choose'; readonly discovery: Discovery }
  | { readonly at: 'write'; readonly draft: ObjectiveDraft };

/** From a source to a saved objective: what the source has, what it would have been, the file before it is written. */
export function NewObjective({ onClose }: { onClose: () => void }) {
  const { sources, source, setSource, step, setStep, problem, look, stop } = useNewObjective();
  const blank = () => setStep({ at: 'write', draft: { ...EMPTY_DRAFT, source } });
  return (
    <Dialog title="New objective" step={step.at} onClose={onClose}>
      <div className={`wide-form ${styles.wizard}`}>
        {step.at === 'source' && (
          <SourceStep
            sources={sources}
            source={source}
            problem={problem}
            onSource={setSource}
            onLook={() => void look()}
            onBlank={blank}
          />
        )}
        {step.at === 'looking' && (
          <div className="stack" role="status">
            <p>Looking at what {source} has.</p>
            <progress
              className={styles.progress}
              value={step.done}
              max={Math.max(1, step.of)}
              aria-label="Metrics looked at"
            />
            <p className="s12 t2 clip">{step.what}</p>
            <div className="line">
              <Button onPress={stop}>Stop</Button>
            </div>
          </div>
        )}
        {step.at === 'choose' && (
          <DraftProposals
            discovery={step.discovery}
            onBack={() => setStep({ at: 'source' })}
            onBlank={blank}
            onChosen={(one) => {
              const draft = draftOfProposal(one, source) ?? { ...EMPTY_DRAFT, source, service: one.service };
              setStep({ at: 'write', draft });
            }}
          />
        )}
        {step.at === 'write' && (
          <DraftForm first={step.draft} onBack={() => setStep({ at: 'source' })} onDone={onClose} />
        )}
      </div>
    </Dialog>
  );
}

function SourceStep({
  sources,
  source,
  problem,
  onSource,
  onLook,
  onBlank,
}: {
  sources: readonly string[];
  source: string;
  problem: string | null;
  onSource: (id: string) => void;
  onLook: () => void;
  onBlank: () => void;
}) {
  if (sources.length === 0)
    return <p>There is no source that answers expressions yet. Add one in Settings, then come back.</p>;
  return (
    <Form onSubmit={onLook}>
      <label>
        Source
        <select value={source} onChange={(event) => onSource(event.target.value)}>
          {sources.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <p className="s12 t2">
        Its metrics are compared with the signal catalogue; what is proposed promises what was kept so far.
      </p>
      {problem !== null && (
        <p role="alert" className={styles.note}>
          {problem}
        </p>
      )}
      <div className="line">
        <Button type="submit" kind="primary" caps={['Enter']} autoFocus onPress={() => undefined}>
          Look at it
        </Button>
        <Button onPress={onBlank}>Write it myself</Button>
      </div>
    </Form>
  );
}

function useNewObjective() {
  const core = useCore();
  const all = useCollection('sources').byId;
  const sources = [...all.values()].filter((one) => answersQueries(one.kind)).map((one) => one.id);
  const [chosen, setSource] = useState<string | null>(null);
  const source = chosen ?? sources[0] ?? '';
  const [step, setStep] = useState<Step>({ at: 'source' });
  const [problem, setProblem] = useState<string | null>(null);
  const stopping = useRef<AbortController>(new AbortController());
  useEffect(() => () => stopping.current.abort(), []);
  const look = async () => {
    stopping.current = new AbortController();
    const { signal } = stopping.current;
    setProblem(null);
    setStep({ at: 'looking', done: 0, of: 1, what: '' });
    const found = await core.requests.quiet(async (api) => {
      let discovery: Discovery | null = null;
      for await (const event of await api.discover.look({ sourceId: source }, { signal }))
        if (event.kind === 'found') discovery = event.discovery;
        else if (!signal.aborted)
          setStep({ at: 'looking', done: event.done, of: event.of, what: event.what });
      return discovery;
    });
    if (signal.aborted) return;
    if (found.ok && found.value) return setStep({ at: 'choose', discovery: found.value });
    setProblem(found.ok ? 'The look ended without an answer: try again.' : found.error.text);
    setStep({ at: 'source' });
  };
  const stop = () => {
    stopping.current.abort();
    setStep({ at: 'source' });
  };
  return { sources, source, setSource, step, setStep, problem, look, stop };
}
