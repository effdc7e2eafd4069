import { useEffect } from 'react';
import { useCore, usePastProgress } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import styles from './objective.module.css';

/** A look at the past under way: what it does, how far it is, and how to end it. Leaving it ends it too. */
export function PastProgress({ look, label }: { look: string; label: string }) {
  const core = useCore();
  const progress = usePastProgress(look);
  useEffect(() => core.past.looks.wait(look), [core, look]);
  const share = progress && progress.all > 0 ? progress.done / progress.all : null;
  return (
    <div className={styles.looking}>
      <p className="s12 t2 num" role="status">
        {label}
        {share === null ? '' : `, ${Math.floor(share * 100)} %`}
      </p>
      {/* Without a value it says that it works, not how far it is. */}
      <progress aria-label={label} max={1} {...(share === null ? {} : { value: share })} />
      <Button kind="quiet" onPress={() => core.past.looks.cancel(look)}>
        Cancel
      </Button>
    </div>
  );
}
