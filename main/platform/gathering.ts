/**
 * Work that costs much each time and little for each thing: while one round of it runs, what comes is gathered for the
 * next, so that a flood is taken in rounds that grow with it.
 */
export interface Gathering<Thing> {
  /** Settles as the round does that the thing was part of. */
  add(thing: Thing): Promise<void>;
}

/** `goesWith`: whether a thing may join a round that has these; one that may not begins the next, and order is kept. */
export function createGathering<Thing>(
  goesWith: (thing: Thing, others: readonly Thing[]) => boolean,
  run: (things: readonly Thing[]) => Promise<void>,
): Gathering<Thing> {
  let gathered: { readonly things: Thing[]; readonly done: Promise<void> } | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const begin = (thing: Thing): Promise<void> => {
    const things = [thing];
    const take = () => {
      // What comes from now on is not part of it.
      if (gathered?.things === things) gathered = null;
      return run(things);
    };
    const done = last.then(take, take);
    last = done;
    gathered = { things, done };
    return done;
  };

  return {
    add(thing) {
      if (!gathered || !goesWith(thing, gathered.things)) return begin(thing);
      gathered.things.push(thing);
      return gathered.done;
    },
  };
}
