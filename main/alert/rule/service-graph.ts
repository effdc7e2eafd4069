import type { Service } from '../../../shared/model/service.ts';

/** Who depends on whom, directly or through others; cycles are allowed. */
export interface ServiceGraph {
  /** All that the service depends on, itself left out. */
  dependencies(service: string): ReadonlySet<string>;
  /** 0 where it depends on nothing; services of one cycle have the same. The smaller, the deeper in the graph. */
  height(service: string): number;
}

const NONE: ReadonlySet<string> = new Set();

export function serviceGraph(services: Iterable<Service>): ServiceGraph {
  const direct = new Map<string, readonly string[]>();
  for (const one of services) direct.set(one.id, one.dependsOn);
  const reached = new Map<string, ReadonlySet<string>>();
  const heights = new Map<string, number>();

  const dependencies = (service: string): ReadonlySet<string> => {
    if (!direct.has(service)) return NONE;
    const known = reached.get(service);
    if (known) return known;
    const found = new Set<string>();
    const open = [...(direct.get(service) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === service || found.has(next)) continue;
      found.add(next);
      open.push(...(direct.get(next) ?? []));
    }
    reached.set(service, found);
    return found;
  };
  const height = (service: string): number => {
    const known = heights.get(service);
    if (known !== undefined) return known;
    let highest = 0;
    for (const one of dependencies(service)) {
      // What depends back on it is of its own cycle.
      if (!dependencies(one).has(service)) highest = Math.max(highest, 1 + height(one));
    }
    heights.set(service, highest);
    return highest;
  };
  return { dependencies, height };
}
