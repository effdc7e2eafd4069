import type { ReceiveLimits } from '../received.ts';
import { attributeText, labelText } from './attribute.ts';
import { createLabelNamer } from './name.ts';
import type { KeyValue, WireResource, WireScope } from './schema.ts';
import type { PointLabels } from './series-builder.ts';

type Base = ReadonlyMap<string, string>;

/** Attributes as labels, by the specification's rules. */
export interface Labeller {
  /** `job` and `instance` of a resource; either may be missing. */
  target(resource: WireResource | undefined): Base;
  /** The target's labels, and those that name the instrumentation scope. */
  scope(target: Base, scope: WireScope | undefined, schemaUrl: string | undefined): Base;
  /** Labels of one point, or why they cannot be kept. */
  point(attributes: readonly KeyValue[], base: Base): PointLabels | string;
  /** Labels of `target_info`, or null where it would say nothing. */
  info(resource: WireResource | undefined, target: Base): PointLabels | string | null;
}

const TARGET_KEYS: ReadonlySet<string> = new Set([
  'service.name',
  'service.namespace',
  'service.instance.id',
]);
/** `__name__`, and `le` or `quantile`, come on top of what a point brings. */
const OWN_LABELS = 2;

export function createLabeller(): (limits: ReceiveLimits) => Labeller {
  const labelName = createLabelNamer();
  return (limits) => {
    const point = (attributes: readonly KeyValue[], base: Base): PointLabels | string => {
      const labels = new Map<string, string>();
      for (const { key = '', value } of sorted(attributes)) {
        const name = labelName(key);
        const text = labelText(value);
        if (name === '' || text === '') continue;
        // Keys that become one name share it, in the order of the keys.
        const shared = labels.get(name);
        labels.set(name, shared === undefined ? text : `${shared};${text}`);
      }
      for (const [name, value] of base) labels.set(name, value);
      return refusalOf(labels, limits) ?? pairsOf(labels);
    };
    return {
      target,
      scope: (base, scope, schemaUrl) => scopeLabels(base, scope, schemaUrl, labelName),
      point,
      info(resource, base) {
        const rest = (resource?.attributes ?? []).filter(({ key = '' }) => !TARGET_KEYS.has(key));
        return base.size === 0 || rest.length === 0 ? null : point(rest, base);
      },
    };
  };
}

function target(resource: WireResource | undefined): Base {
  const attributes = resource?.attributes;
  const name = attributeText(attributes, 'service.name');
  const space = attributeText(attributes, 'service.namespace');
  const instance = attributeText(attributes, 'service.instance.id');
  const base = new Map<string, string>();
  if (name !== '') base.set('job', space === '' ? name : `${space}/${name}`);
  if (instance !== '') base.set('instance', instance);
  return base;
}

function scopeLabels(
  targetLabels: Base,
  scope: WireScope | undefined,
  schemaUrl: string | undefined,
  labelName: (key: string) => string,
): Base {
  const base = new Map(targetLabels);
  const add = (name: string, value: string | undefined): void => {
    if (value) base.set(`otel_scope_${name}`, value);
  };
  for (const { key = '', value } of sorted(scope?.attributes ?? [])) {
    const name = labelName(key);
    if (name !== '') add(name, labelText(value));
  }
  add('name', scope?.name);
  add('version', scope?.version);
  add('schema_url', schemaUrl);
  return base;
}

function sorted(attributes: readonly KeyValue[]): readonly KeyValue[] {
  if (attributes.length < 2) return attributes;
  return [...attributes].sort(({ key: a = '' }, { key: b = '' }) => (a < b ? -1 : a > b ? 1 : 0));
}

function pairsOf(labels: ReadonlyMap<string, string>): PointLabels {
  const pairs = [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
  return { pairs, key: JSON.stringify(pairs) };
}

/** Named without the label itself: the reasons are counted, and a sender must not make ever new ones. */
function refusalOf(labels: ReadonlyMap<string, string>, limits: ReceiveLimits): string | undefined {
  if (labels.size + OWN_LABELS > limits.labelsMax) return `point with more than ${limits.labelsMax} labels`;
  for (const [name, value] of labels)
    if (isLonger(name, limits.labelBytesMax) || isLonger(value, limits.labelBytesMax))
      return `point with a label longer than ${limits.labelBytesMax} bytes`;
  return undefined;
}

function isLonger(text: string, bytesMax: number): boolean {
  // No character takes more than three bytes a unit, so most texts need no counting.
  return text.length * 3 > bytesMax && Buffer.byteLength(text) > bytesMax;
}
