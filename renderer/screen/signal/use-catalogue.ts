import { useEffect, useState } from 'react';
import { type SourceCatalogue, sourceCatalogue } from '../../state/signal-catalogue.ts';
import { foldParts } from '../../state/signal-lookup.ts';
import { useSignals } from './signals.tsx';

/** The metrics of a source by the catalogue of signals; null until both are known. */
export function useSourceCatalogue(source: string): SourceCatalogue | null {
  const { lookup } = useSignals();
  const [catalogue, setCatalogue] = useState<SourceCatalogue | null>(null);
  useEffect(() => {
    let wanted = true;
    setCatalogue(null);
    void Promise.all([lookup.catalogue(), lookup.metrics(source)]).then(([files, metrics]) => {
      if (wanted) setCatalogue(sourceCatalogue(files, foldParts(metrics)));
    });
    return () => {
      wanted = false;
    };
  }, [lookup, source]);
  return catalogue;
}
