/**
 * What windows ask of the core: one file a domain, each checks the request, calls its stage and answers.
 * One router serves a message port and a WebSocket alike; coded errors of the stages become the contract's.
 * State travels as a snapshot and numbered patches, so a window that comes late or back is right.
 */
export type { AlertPart } from './alert.ts';
export type { DetectorPastAnswer } from './bounds.ts';
export type { ApiContext } from './context.ts';
export type { FleetControl } from './demo.ts';
export type { ObjectivePart } from './objective.ts';
export type { QueryPart } from './query.ts';
export { type ApiParts, type ApiRouter, createRouter } from './router.ts';
export { previewSilence, type SilencePart } from './silence.ts';
export type { SourcePart } from './source.ts';
export { createStateHub, type StateHub, type StateHubOptions } from './state-hub.ts';
export type { WindowNotifications } from './system.ts';
export type { TracePart } from './trace.ts';
export { type Api, serveMessagePort, serveWebSocket } from './transport.ts';
