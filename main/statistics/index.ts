/**
 * Pure numbers: moments of samples and random numbers by seed, with no word of the domain and no clock.
 * Every function says its formula's source and what it answers for too little data: never zero, always `null`.
 * Whatever decides about a metric takes its arithmetic from here, so that it is tested once.
 */
export { mean, sampleDeviation, sampleMoments } from './moments.ts';
export { normal, seededRandom } from './random.ts';
