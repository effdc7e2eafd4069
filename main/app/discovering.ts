import { SourceConfig } from '../../shared/config/source.ts';
import type { Workspace } from '../../shared/config/workspace.ts';
import type { Address } from '../../shared/contract/discover.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { ApiParts } from '../api/index.ts';
import { discover, probeAddress } from '../discover/index.ts';
import { createPrometheusSource, type SourceDeps } from '../source/index.ts';
import { readCatalogue } from './catalogue.ts';

export interface DiscoveringDeps {
  readonly source: SourceDeps;
  readonly target: (sourceId: string) => QueryTarget | undefined;
  readonly workspace: () => Workspace;
}

/** Looks at sources for the window: at those that run, and at a Prometheus that is to become one. */
export function createDiscovering({ source, target, workspace }: DiscoveringDeps): ApiParts['discover'] {
  const catalogue = readCatalogue();
  const known = () => ({
    services: new Set(workspace().services.map((one) => one.id)),
    objectives: new Set(workspace().objectives.map((one) => one.id)),
    detectors: new Set(workspace().detectors.map((one) => one.id)),
  });
  return {
    catalogue,
    probe: (address) => probeAddress(address, source),
    async look(sourceId, address, options) {
      const opened = address === undefined ? running(sourceId, target) : open(sourceId, address, source);
      try {
        const found = await discover(opened.target, sourceId, known(), {
          catalogue,
          now: source.clock.now(),
          ...options,
        });
        if (!found.ok)
          throw new CodedError('source-not-listed', found.error.message, {
            retryable: found.error.retryable,
          });
        return found.value;
      } finally {
        await opened.close();
      }
    },
  };
}

function running(sourceId: string, target: DiscoveringDeps['target']) {
  const found = target(sourceId);
  if (!found?.names)
    throw new CodedError(
      'source-not-found',
      `There is no source named ${sourceId} whose metrics could be listed.`,
    );
  return { target: found, close: async () => undefined };
}

function open(sourceId: string, { url, auth, ca }: Address, deps: SourceDeps) {
  const config = SourceConfig.safeParse({
    id: sourceId,
    kind: 'prometheus',
    url,
    auth,
    tls: ca ? { ca } : {},
  });
  if (!config.success || config.data.kind !== 'prometheus')
    throw new CodedError(
      'source-refused',
      `The source ${config.error?.issues[0]?.message ?? 'cannot be used'}.`,
    );
  const source = createPrometheusSource(config.data, deps);
  return { target: source, close: () => source.close() };
}
