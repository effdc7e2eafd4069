import { useEffect, useState } from 'react';
import {
  askedForLabels,
  type LabelsOfMetrics,
  type SourceCatalogue,
  sourceCatalogue,
} from '../../state/signal-catalogue.ts';
import { foldParts, type SignalLookup } from '../../state/signal-lookup.ts';
import { useSignals } from './signals.tsx';

/** The metrics of a source by the catalogue of signals; null until both are known. */
export function useSourceCatalogue(source: string): SourceCatalogue | null {
  const { lookup } = useSignals();
  const [catalogue, setCatalogue] = useState<SourceCatalogue | null>(null);
  useEffect(() => {
    let wanted = true;
    setCatalogue(null);
    void read(lookup, source).then((answer) => {
      if (wanted) setCatalogue(answer);
    });
    return () => {
      wanted = false;
    };
  }, [lookup, source]);
  return catalogue;
}

async function read(lookup: SignalLookup, source: string): Promise<SourceCatalogue> {
  const [files, all] = await Promise.all([lookup.catalogue(), lookup.metrics(source)]);
  const metrics = foldParts(all);
  return sourceCatalogue(files, metrics, await labelsOf(lookup, source, askedForLabels(files, metrics)));
}

async function labelsOf(
  lookup: SignalLookup,
  source: string,
  names: readonly string[],
): Promise<LabelsOfMetrics> {
  const asked = await Promise.all(
    names.map(async (name) => [name, await lookup.labelNames(source, `{__name__="${name}"}`)] as const),
  );
  // An answer that could not be had is an empty one, and a series has at least its name.
  return new Map(
    asked.filter(([, labels]) => labels.length > 0).map(([name, labels]) => [name, new Set(labels)]),
  );
}
