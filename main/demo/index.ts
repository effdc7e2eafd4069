/**
 * The simulated ML-serving fleet behind the demo: a discrete-event simulation of services, queues and clients.
 * It is a process of its own that the application starts and never imports; it speaks Prometheus exposition, a control API and written history.
 * Every live metric comes from a simulated request; faults change how requests are treated and end by themselves.
 */
export { Fleet, type FleetOptions, type FleetState } from './fleet.ts';
export { type FleetServer, type FleetServerOptions, startFleetServer } from './fleet-server.ts';
