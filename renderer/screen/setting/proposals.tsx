import { useState } from 'react';
import type { Discovery, ProbeAnswer } from '../../../shared/model/proposal.ts';
import { type Chosen, targetOf } from '../../state/add-source.ts';
import { proposalsBeside } from '../../state/known-objective.ts';
import { useCollection } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Form } from '../../ui/form.tsx';
import styles from './add-source.module.css';

interface ProposalsProps {
  probed: ProbeAnswer;
  discovery: Discovery;
  first: Chosen;
  /** The source itself is there already: without a choice nothing would be written. */
  mustChoose: boolean;
  onBack: () => void;
  onChosen: (chosen: Chosen) => void;
}

/** What was found and what is proposed from it, each with its reason; what is accepted is looked at once more before it is written. */
export function Proposals({ probed, discovery, first, mustChoose, onBack, onChosen }: ProposalsProps) {
  const known = useCollection('objectives').byId;
  const { covered } = proposalsBeside(discovery.objectives, known.values());
  const beside = new Map(covered.map(({ proposal, by }) => [proposal.id, by]));
  const [objectives, setObjectives] = useState(
    () => new Set([...first.objectives].filter((id) => !beside.has(id))),
  );
  const [detectors, setDetectors] = useState(first.detectors);
  const [texts, setTexts] = useState<ReadonlyMap<string, string>>(
    () => new Map([...first.targets].map(([id, target]) => [id, String(Number((target * 100).toFixed(6)))])),
  );
  const wrong = [...objectives].filter((id) => targetOf(texts.get(id) ?? '') === null);
  const nothing = mustChoose && objectives.size + detectors.size === 0;
  const submit = () => {
    const targets = new Map([...texts].map(([id, text]) => [id, targetOf(text) ?? 0.99]));
    onChosen({ objectives, detectors, targets });
  };
  return (
    <Form
      onSubmit={() => {
        if (wrong.length === 0 && !nothing) submit();
      }}
    >
      <p>
        {probed.said} {summary(probed, discovery)}
      </p>
      <div className={styles.list}>
        {discovery.objectives.map((one) => (
          <div key={one.id} className={styles.proposal}>
            <label className={styles.choice}>
              <input
                type="checkbox"
                checked={objectives.has(one.id)}
                onChange={() => setObjectives(toggled(objectives, one.id))}
              />
              <b>{one.title}</b>
            </label>
            <label className={styles.target}>
              <span className="vh">Target of {one.title} in percent</span>
              <input
                type="text"
                inputMode="decimal"
                aria-invalid={wrong.includes(one.id)}
                value={texts.get(one.id) ?? ''}
                onChange={(event) => setTexts(new Map(texts).set(one.id, event.target.value))}
              />
              %
            </label>
            {beside.has(one.id) && (
              <p className="s12">
                {one.service} has this already: {beside.get(one.id)}.
              </p>
            )}
            <p className="s12 t2">{one.reason}</p>
          </div>
        ))}
        {discovery.detectors.map((one) => (
          <div key={one.id} className={styles.proposal}>
            <label className={styles.choice}>
              <input
                type="checkbox"
                checked={detectors.has(one.id)}
                onChange={() => setDetectors(toggled(detectors, one.id))}
              />
              <b>{one.title}</b> <span className="t3">detector</span>
            </label>
            <p className="s12 t2">{one.reason}</p>
          </div>
        ))}
      </div>
      {discovery.notes.length > 0 && (
        <details className="s12 t2">
          <summary>{discovery.notes.length} notes on what was left out</summary>
          <ul>
            {discovery.notes.slice(0, 50).map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
      {wrong.length > 0 && <p className={styles.trouble}>A target is a percentage above 0 and below 100.</p>}
      <div className="line">
        <Button
          type="submit"
          kind="primary"
          caps={['Enter']}
          autoFocus
          disabled={wrong.length > 0 || nothing}
          onPress={() => undefined}
        >
          Show the files
        </Button>
        <Button onPress={onBack}>Back</Button>
      </div>
    </Form>
  );
}

function summary(
  { kind }: ProbeAnswer,
  { metrics, signals, services, objectives, detectors }: Discovery,
): string {
  if (kind === 'alertmanager')
    return 'Its alerts will become alerts here; there is nothing to propose from it.';
  if (kind === 'exposition' && metrics === 0)
    return 'It will be scraped; what to watch in it can be proposed once there are samples.';
  return `${metrics.toLocaleString('en-GB')} metrics, ${signals.length} signals that are known, ${services.length} services: ${objectives.length} objectives and ${detectors.length} detectors are proposed.`;
}

function toggled(chosen: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(chosen);
  if (!next.delete(id)) next.add(id);
  return next;
}
