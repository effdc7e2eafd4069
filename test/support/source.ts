import { silentLogger, systemClock } from '../../main/platform/index.ts';
import { createPrometheusSource, type PrometheusSource, type SourceDeps } from '../../main/source/index.ts';
import {
  type ExpositionSourceConfig,
  type PrometheusSourceConfig,
  SourceConfig,
} from '../../shared/config/source.ts';
import { err, ok } from '../../shared/error/result.ts';

export function prometheusConfig(url: string, more: object = {}): PrometheusSourceConfig {
  const config = SourceConfig.parse({ kind: 'prometheus', id: 'prom', url, timeout: '2s', ...more });
  if (config.kind !== 'prometheus') throw new Error('not a Prometheus source');
  return config;
}

export function expositionConfig(targets: readonly object[], more: object = {}): ExpositionSourceConfig {
  const config = SourceConfig.parse({ kind: 'exposition', id: 'fleet', targets, poll_every: '15s', ...more });
  if (config.kind !== 'exposition') throw new Error('not an exposition source');
  return config;
}

/** Secrets by name, as the vault would give them. */
export function secretsOf(secrets: Readonly<Record<string, string>>): SourceDeps['readSecret'] {
  return async (reference) => {
    const value = secrets[reference];
    return value === undefined ? err(`${reference} is not set`) : ok(value);
  };
}

export function sourceDeps(more: Partial<SourceDeps> = {}): SourceDeps {
  return {
    clock: systemClock(),
    log: silentLogger(),
    random: () => 0.5,
    readSecret: secretsOf({}),
    ...more,
  };
}

export function openSource(url: string, more: object = {}, deps: Partial<SourceDeps> = {}): PrometheusSource {
  return createPrometheusSource(prometheusConfig(url, more), sourceDeps(deps));
}
