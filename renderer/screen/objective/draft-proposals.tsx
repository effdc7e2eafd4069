import { useState } from 'react';
import type { Discovery, ObjectiveProposal } from '../../../shared/model/proposal.ts';
import { Button } from '../../ui/button.tsx';
import styles from './objective.module.css';

/** What the source could promise, to begin with one of them; those that the workspace has are not proposed again. */
export function DraftProposals({
  discovery,
  onBack,
  onBlank,
  onChosen,
}: {
  discovery: Discovery;
  onBack: () => void;
  onBlank: () => void;
  onChosen: (proposal: ObjectiveProposal) => void;
}) {
  const { objectives, metrics, notes } = discovery;
  const [chosen, setChosen] = useState(objectives[0]?.id ?? null);
  const proposal = objectives.find((one) => one.id === chosen);
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (proposal) onChosen(proposal);
        else onBlank();
      }}
    >
      <p>
        {metrics.toLocaleString('en-GB')} metrics;{' '}
        {objectives.length === 0
          ? 'nothing new is proposed from them.'
          : `${objectives.length} objectives are proposed.`}
      </p>
      {objectives.length > 0 && (
        <fieldset className={styles.proposals} aria-label="Proposed objectives">
          {objectives.map((one, at) => (
            <label key={one.id}>
              <input
                type="radio"
                name="proposal"
                data-focus={at === 0 || undefined}
                checked={one.id === chosen}
                onChange={() => setChosen(one.id)}
              />
              <b>{one.title}</b>
              <span className={`s12 t2 ${styles.reason}`}>{one.reason}</span>
            </label>
          ))}
        </fieldset>
      )}
      {notes.length > 0 && (
        <details className="s12 t2">
          <summary>{notes.length} notes on what was left out</summary>
          <ul>
            {notes.slice(0, 50).map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
      <div className="line">
        <Button
          type="submit"
          kind="primary"
          caps={['Enter']}
          autoFocus={objectives.length === 0}
          onPress={() => undefined}
        >
          {proposal ? 'Begin with this' : 'Write it myself'}
        </Button>
        {proposal && <Button onPress={onBlank}>Write it myself</Button>}
        <Button kind="quiet" onPress={onBack}>
          Back
        </Button>
      </div>
    </form>
  );
}
