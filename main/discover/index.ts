/**
 * What a source has, and what to make of it: its metrics are matched with the signal catalogue; services, objectives and
 * detectors are proposed from what matches, each with its reason and the value it would have had. Nothing is written here.
 * Every question is bounded in number, size and time, and ends when the one who asked goes away.
 */
export { type DiscoverDeps, discover, type Known } from './discover.ts';
export { probeAddress } from './probe.ts';
