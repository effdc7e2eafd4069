/** Asked for in this order: OpenMetrics says when it is whole, the older text does not. */
export const ACCEPT =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

export type ExpositionFormat = 'text' | 'openmetrics';

/** The format by content type; undefined where it is neither (a web page, a protocol buffer, JSON). */
export function formatOf(contentType: string): ExpositionFormat | undefined {
  const media = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (media === 'application/openmetrics-text') return 'openmetrics';
  // Many small exporters give no type, or a general one.
  return media === '' || media === 'text/plain' || media === 'application/octet-stream' ? 'text' : undefined;
}
