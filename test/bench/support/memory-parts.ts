import { readFileSync } from 'node:fs';

/** A part of a process' proportional memory, by what it is mapped for. */
export interface MemoryPart {
  readonly name: string;
  readonly label: string;
  readonly mib: number;
}

const LABELS: Readonly<Record<string, string>> = {
  programMiB: 'program and libraries',
  mallocMiB: 'malloc: heap and arenas',
  stackMiB: 'stacks',
  anonymousMiB: "anonymous: the engine's heaps and code",
  fileMiB: 'other files (databases, shared memory)',
};

/** Splits PSS by mapping. Source of the format: https://docs.kernel.org/filesystems/proc.html (smaps). */
export function memoryParts(pid: number): MemoryPart[] {
  const sums = new Map<string, number>();
  let part = 'anonymousMiB';
  for (const line of smapsOf(pid)) {
    const head = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+\s*(.*)$/.exec(line);
    if (head) part = partOf(head[1] ?? '', head[2] ?? '', head[3] ?? '', head[4] ?? '');
    const pss = /^Pss:\s+(\d+) kB$/.exec(line)?.[1];
    if (pss !== undefined) sums.set(part, (sums.get(part) ?? 0) + Number(pss) / 1024);
  }
  return Object.entries(LABELS).map(([name, label]) => ({ name, label, mib: sums.get(name) ?? 0 }));
}

/** An arena of malloc begins at a multiple of 64 MiB and is a part of that. */
const ARENA_BYTES = 64n * 1024n * 1024n;

function partOf(from: string, to: string, rights: string, path: string): string {
  if (path === '[heap]') return 'mallocMiB';
  if (path.startsWith('[stack')) return 'stackMiB';
  if (path.includes('/'))
    return /\.(so|node)|\/bin\//.test(path) || rights.includes('x') ? 'programMiB' : 'fileMiB';
  const start = BigInt(`0x${from}`);
  const isArena = start % ARENA_BYTES === 0n && BigInt(`0x${to}`) - start < ARENA_BYTES && rights === 'rw-p';
  return isArena ? 'mallocMiB' : 'anonymousMiB';
}

function smapsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/smaps`, 'utf8').split('\n');
  } catch {
    // Not Linux, or it has ended: then there is nothing to tell.
    return [];
  }
}
