import { useStore } from 'zustand';
import { demoFaults } from '../state/demo.ts';
import { useBusy, useCore, useNow } from '../state/use-core.tsx';
import { Button } from '../ui/button.tsx';
import { countdown } from '../ui/format.ts';

/** Faults that run in the demo fleet, each with the time after which it ends by itself. */
export function DemoStrip() {
  const core = useCore();
  const { faults } = useStore(core.demo.store);
  if (faults.length === 0) return null;
  return (
    <aside className="banner" data-kind="demo" aria-label="Running demo faults">
      <span className="tag">demo</span>
      {faults.map((fault) => (
        <Fault key={fault.id} {...fault} />
      ))}
    </aside>
  );
}

function Fault({
  id,
  kind,
  service,
  endsAt,
}: {
  id: string;
  kind: string;
  service: string | null;
  endsAt: number;
}) {
  const core = useCore();
  const now = useNow();
  const busy = useBusy(`demo:${id}`);
  const label = demoFaults.find((one) => one.kind === kind)?.label ?? kind;
  return (
    <span className="line">
      <span>
        {label}
        {service && <span className="t3"> on {service}</span>}
      </span>
      <span className="num t2">ends in {countdown(Math.max(0, endsAt - now))}</span>
      <Button kind="quiet" busy={busy} onPress={() => void core.demo.clear(id)}>
        End now
      </Button>
    </span>
  );
}
