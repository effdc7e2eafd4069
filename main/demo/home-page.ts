import { SERVICE_NAMES } from './topology.ts';

const CONTROLS = [
  [
    'POST /control/fault',
    '{"kind": "bad-model", "ttlSeconds": 600}: also latency, errors, crash, stale-features, upstream-outage',
  ],
  ['DELETE /control/fault/ID', 'ends a fault before its time'],
  ['POST /control/scale', '{"service": "embedding", "replicas": 6}'],
  ['POST /control/breaker', '{"service": "ranking-model", "open": true}'],
  ['POST /control/traffic', '{"service": "ranking-model", "shares": {"v41": 0.9, "v43": 0.1}}'],
  ['POST /control/roll-back', '{"service": "ranking-model", "from": "v42"}'],
  ['POST /control/deploy', '{"service": "ranking-model", "version": "v43"}'],
  ['GET /control/state', 'versions, replicas, traffic, faults'],
] as const;

/** The page a person sees who opens the fleet's port in a browser. It holds no value that came from outside. */
export function homePage(): string {
  const services = SERVICE_NAMES.map(
    (name) => `<li><a href="/${name}/metrics">/${name}/metrics</a></li>`,
  ).join('');
  const controls = CONTROLS.map(([call, what]) => `<dt><code>${call}</code></dt><dd>${what}</dd>`).join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Midwatch demo fleet</title>
<h1>Midwatch demo fleet</h1>
<p>A simulated ML-serving fleet: gateway → ranking-model → feature-store, embedding, vector-index.
Its metrics come from simulated requests.</p>
<h2>Metrics</h2><ul><li><a href="/metrics">/metrics</a>: all living services</li>${services}</ul>
<h2>Control</h2><p>JSON, <code>Content-Type: application/json</code>; <code>Idempotency-Key</code> is honoured.</p><dl>${controls}</dl>
<h2>History</h2><p><code>GET /history?from=…&amp;to=…&amp;step=…</code> (milliseconds): NDJSON, marked synthetic.</p></html>
`;
}
