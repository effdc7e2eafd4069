/** Names that programs ask of anything: promises, loggers and test tools look for them. */
const ASKED_OF_ANYTHING = new Set(['then', 'toJSON', 'constructor', 'nodeType', 'asymmetricMatch']);

/** A view of the thing that throws at a member it has not: what the stand-in lacks must never look like `undefined`. */
export function strict<T extends object>(name: string, thing: T): T {
  return new Proxy(thing, {
    get(target, key, receiver) {
      if (typeof key === 'string' && !(key in target) && !ASKED_OF_ANYTHING.has(key))
        throw new Error(`The stand-in has no ${name}.${key}: build it, or do without.`);
      return Reflect.get(target, key, receiver);
    },
  });
}
