import { useState } from 'react';
import type { Discovery, ObjectiveProposal } from '../../../shared/model/proposal.ts';
import { proposalsBeside } from '../../state/known-objective.ts';
import { useCollection } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Form } from '../../ui/form.tsx';
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
  const { metrics, notes } = discovery;
  const known = useCollection('objectives').byId;
  const { fresh, covered } = proposalsBeside(discovery.objectives, known.values());
  const objectives = [...fresh, ...covered.map((one) => one.proposal)];
  const beside = new Map(covered.map(({ proposal, by }) => [proposal.id, by]));
  const [chosen, setChosen] = useState(fresh[0]?.id ?? null);
  const proposal = objectives.find((one) => one.id === chosen);
  return (
    <Form
      onSubmit={() => {
        if (proposal) onChosen(proposal);
        else onBlank();
      }}
    >
      <p>
        {metrics.toLocaleString('en-GB')} metrics;{' '}
        {objectives.length === 0
          ? 'nothing new is proposed from them.'
          : saidOf(fresh.length, covered.length)}
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
              {beside.has(one.id) && (
                <span className={`s12 ${styles.reason}`}>
                  {one.service} has this already: {beside.get(one.id)}.
                </span>
              )}
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
    </Form>
  );
}

function saidOf(fresh: number, covered: number): string {
  const counted = (count: number) => (count === 1 ? '1 objective' : `${count} objectives`);
  if (covered === 0) return `${counted(fresh)} ${fresh === 1 ? 'is' : 'are'} proposed.`;
  if (fresh === 0) return 'what they could promise, the services have objectives for already.';
  return `${counted(fresh)} ${fresh === 1 ? 'is' : 'are'} proposed; for ${covered} more the service has one already.`;
}
