import { useEffect, useRef, useState } from 'react';
import type { Discovery, ProbeAnswer } from '../../../shared/model/proposal.ts';
import type { SourceStatus } from '../../../shared/model/source.ts';
import {
  addressOf,
  type Chosen,
  firstChoice,
  idOfUrl,
  proposalEdits,
  type SourceDraft,
  sourceEdit,
} from '../../state/add-source.ts';
import { useCore } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Problem } from '../../ui/state.tsx';
import styles from './add-source.module.css';
import { Proposals } from './proposals.tsx';
import { Review } from './review.tsx';
import { SourceForm } from './source-form.tsx';

type Step =
  | { readonly at: 'address' }
  | {
      readonly at: 'looking';
      readonly probed: ProbeAnswer;
      readonly done: number;
      readonly of: number;
      readonly what: string;
    }
  | { readonly at: 'choose'; readonly probed: ProbeAnswer; readonly discovery: Discovery }
  | {
      readonly at: 'review';
      readonly probed: ProbeAnswer;
      readonly discovery: Discovery;
      readonly chosen: Chosen;
    };

const NOTHING: Discovery = {
  metrics: 0,
  signals: [],
  services: [],
  objectives: [],
  detectors: [],
  notes: [],
};
const EMPTY: SourceDraft = { id: '', url: '', auth: 'none', username: '', reference: '', ca: '' };

/** A source that is watched already and is looked at again. */
export type Watched = Pick<SourceStatus, 'id' | 'kind' | 'address'>;

/** From a pasted address to a source that is watched: what answers there, what it has, what is proposed, what is written. */
export function AddSource({ watched = null, onClose }: { watched?: Watched | null; onClose: () => void }) {
  const { draft, setDraft, step, setStep, problem, busy, probe, stop } = useAddSource(watched);
  // A source that is watched has no form to go back to.
  const back = () => (watched ? onClose() : setStep({ at: 'address' }));
  return (
    <Dialog title={watched ? `What ${watched.id} has` : 'Add a source'} step={step.at} onClose={onClose}>
      <div className={styles.add}>
        {step.at === 'address' && watched && (
          <Problem
            title={`${watched.id} could not be looked at`}
            actions={<Button onPress={onClose}>Close</Button>}
          >
            {problem ?? 'The look was stopped.'}
          </Problem>
        )}
        {step.at === 'address' && !watched && (
          <SourceForm
            draft={draft}
            problem={problem}
            busy={busy}
            onChange={setDraft}
            onSubmit={(typed) => void probe(typed)}
            onClose={onClose}
          />
        )}
        {step.at === 'looking' && (
          <div className={styles.looking} role="status">
            <p>{step.probed.said} Looking at what it has.</p>
            <progress value={step.done} max={Math.max(1, step.of)} aria-label="Metrics looked at" />
            <p className="s12 t2 clip">{step.what}</p>
            <Button onPress={stop}>Stop</Button>
          </div>
        )}
        {step.at === 'choose' && (
          <Proposals
            probed={step.probed}
            discovery={step.discovery}
            first={firstChoice(step.discovery)}
            mustChoose={watched !== null}
            onBack={back}
            onChosen={(chosen) => setStep({ ...step, at: 'review', chosen })}
          />
        )}
        {step.at === 'review' && (
          <Review
            edits={[
              ...(watched ? [] : [sourceEdit(draft, step.probed)]),
              ...proposalEdits(draft.id, step.discovery, step.chosen),
            ]}
            onBack={() => setStep({ at: 'choose', probed: step.probed, discovery: step.discovery })}
            onDone={onClose}
          />
        )}
      </div>
    </Dialog>
  );
}

function lookingAt({ id, kind, address }: Watched): Extract<Step, { at: 'looking' }> {
  const probed = { kind, url: address, latencyMs: 0, said: `${id} is watched.` };
  return { at: 'looking', probed, done: 0, of: 1, what: '' };
}

/** The steps, and what is asked of the core between them. */
function useAddSource(watched: Watched | null) {
  const core = useCore();
  const [draft, setDraft] = useState(watched ? { ...EMPTY, id: watched.id, url: watched.address } : EMPTY);
  const [step, setStep] = useState<Step>(watched ? lookingAt(watched) : { at: 'address' });
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const stopping = useRef<AbortController>(new AbortController());
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for the source that the dialog was opened for
  useEffect(() => {
    if (watched) void look(draft, lookingAt(watched).probed);
    return () => stopping.current.abort();
  }, []);

  const look = async (whole: SourceDraft, probed: ProbeAnswer) => {
    stopping.current = new AbortController();
    const { signal } = stopping.current;
    setStep({ at: 'looking', probed, done: 0, of: 1, what: '' });
    const found = await core.requests.quiet(async (api) => {
      const address = watched ? {} : { address: { ...addressOf(whole), url: probed.url } };
      let discovery: Discovery | null = null;
      for await (const event of await api.discover.look({ sourceId: whole.id, ...address }, { signal }))
        if (event.kind === 'found') discovery = event.discovery;
        else setStep({ at: 'looking', probed, done: event.done, of: event.of, what: event.what });
      return discovery ?? NOTHING;
    });
    if (signal.aborted) return setStep({ at: 'address' });
    if (found.ok) return setStep({ at: 'choose', probed, discovery: found.value });
    setProblem(found.error.text);
    setStep({ at: 'address' });
  };
  const probe = async (typed: string) => {
    setProblem(null);
    setBusy(true);
    const id = draft.id || idOfUrl(draft.url);
    const kept = await keepSecret(core, `${id}-${draft.auth}`, draft, typed);
    const probed = kept.ok
      ? await core.requests.quiet((api) => api.discover.probe(addressOf(kept.value)))
      : kept;
    setBusy(false);
    if (!probed.ok) return setProblem(probed.error.text);
    const whole = kept.ok ? { ...kept.value, id } : draft;
    setDraft(whole);
    if (probed.value.kind === 'prometheus') return look(whole, probed.value);
    setStep({ at: 'choose', probed: probed.value, discovery: NOTHING });
  };
  const stop = () => stopping.current.abort();
  return { draft, setDraft, step, setStep, problem, busy, probe, stop };
}

/** A typed secret goes to the vault, and only its name goes on. */
async function keepSecret(core: ReturnType<typeof useCore>, name: string, draft: SourceDraft, typed: string) {
  if (draft.auth === 'none' || typed === '') return { ok: true as const, value: draft };
  const kept = await core.requests.quiet((api) => api.secret.keep({ name, secret: typed }));
  if (!kept.ok) return kept;
  if (kept.value.problem !== null) core.ui.toast('problem', kept.value.problem);
  return { ok: true as const, value: { ...draft, reference: kept.value.reference } };
}
