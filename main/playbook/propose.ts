import type { Playbook } from '../../shared/model/playbook.ts';

/** What an incident is about, as far as a playbook can be chosen by it. */
export interface Subject {
  readonly service: string;
  readonly services: readonly string[];
  readonly objectiveIds: readonly string[];
}

const OBJECTIVE_WEIGHT = 4;
const SERVICE_WEIGHT = 2;
const NEIGHBOUR_WEIGHT = 1;

/**
 * The playbook that names most of what the incident is about: its objectives first, then its service, then the others
 * it reached. The first one written wins a tie; one that names nothing of it is never proposed.
 */
export function proposePlaybook(playbooks: readonly Playbook[], subject: Subject): Playbook | null {
  let best: { readonly playbook: Playbook; readonly weight: number } | null = null;
  for (const playbook of playbooks) {
    const weight = weigh(playbook, subject);
    if (weight > (best?.weight ?? 0)) best = { playbook, weight };
  }
  return best?.playbook ?? null;
}

function weigh(playbook: Playbook, subject: Subject): number {
  const objectives = subject.objectiveIds.filter((id) => playbook.objectives.includes(id)).length;
  const neighbours = subject.services.filter(
    (id) => id !== subject.service && playbook.services.includes(id),
  ).length;
  const service = playbook.services.includes(subject.service) ? SERVICE_WEIGHT : 0;
  return objectives * OBJECTIVE_WEIGHT + service + neighbours * NEIGHBOUR_WEIGHT;
}
