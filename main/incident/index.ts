/**
 * Incidents from opening to close: alerts open them or join them, people and playbooks move them, and each change is an
 * entry on an append-only timeline with its time, actor and reason. The evidence is copied in the transaction that opens
 * an incident and grows until its close; *recovered* is said by polls, never by a guess.
 */
export type { IncidentDraft } from './book.ts';
export { EVIDENCE_BEFORE_MS } from './evidence-capture.ts';
export type { IncidentDeps, Placement } from './incident-deps.ts';
export { createIncidents, type Incidents } from './incidents.ts';
export { isAtWork, isOver, MIDWATCH, TRANSITIONS } from './lifecycle.ts';
export { respondSpend, SEVERITY_TARGETS } from './severity.ts';
export { deriveTimes, type IncidentTimes } from './times.ts';
export { oneLine } from './words.ts';
