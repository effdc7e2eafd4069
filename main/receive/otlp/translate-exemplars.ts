import { hasLongLabels } from '../../../shared/model/exemplar-book.ts';
import type { Labels } from '../../../shared/model/metric.ts';
import { EXEMPLARS_BEYOND, EXEMPLARS_MAX } from '../exemplar-draft.ts';
import type { ReceivedExemplar } from '../received.ts';
import { isIdentifier, labelText } from './attribute.ts';
import { createLabelNamer } from './name.ts';
import type { Refusals } from './refusals.ts';
import { millisOf } from './running-total.ts';
import type { WireExemplar } from './schema.ts';

/** Gathers the exemplars of one body, each with the labels of the series that it stands at. */
export interface ExemplarReader {
  /** @param seriesOf labels of the series at which an exemplar of this value stands */
  read(written: readonly WireExemplar[], seriesOf: (value: number) => Labels): void;
  readonly found: readonly ReceivedExemplar[];
}

export function createExemplarReader(): (refusals: Refusals) => ExemplarReader {
  const labelName = createLabelNamer();
  return (refusals) => {
    const found: ReceivedExemplar[] = [];
    return {
      found,
      read(written, seriesOf) {
        const taken = written.slice(0, EXEMPLARS_MAX - found.length);
        refusals.ignore(EXEMPLARS_BEYOND, written.length - taken.length);
        for (const one of taken) {
          const value = one.asDouble ?? one.asInt;
          if (value === undefined) refusals.ignore('an exemplar without a value', 1);
          else
            found.push({
              series: seriesOf(value),
              labels: labelsOf(one, labelName),
              value,
              at: millisOf(one.timeUnixNano ?? 0n),
            });
        }
      },
    };
  };
}

/**
 * The trace and the span under the names that OpenMetrics has for them, and the attributes that the series does not have,
 * as long as all fit into what an exemplar may have.
 * Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#exemplars
 */
function labelsOf(
  { traceId = '', spanId = '', filteredAttributes }: WireExemplar,
  labelName: (key: string) => string,
): Labels {
  const own: [string, string][] = [];
  if (isIdentifier(traceId, 32)) own.push(['trace_id', traceId]);
  if (isIdentifier(spanId, 16)) own.push(['span_id', spanId]);
  const rest = filteredAttributes.map(({ key = '', value }) => [labelName(key), labelText(value)] as const);
  const whole = Object.fromEntries([...rest.filter(([name, text]) => name !== '' && text !== ''), ...own]);
  return own.length > 0 && hasLongLabels(whole) ? Object.fromEntries(own) : whole;
}
