/**
 * Pure questions about people's time, asked with an instant and answered without a clock.
 * Business hours carry a time zone and holidays, and are right on the days when the clocks change.
 * Recurrences say when planned work takes place. Nothing here decides who is told.
 */
export { type BusinessHours, createBusinessHours } from './business-hours.ts';
export { createOnCall, type HandOver, type OnCall, type OnCallSchedule } from './on-call.ts';
export { type CalendarPeriod, type RunningPeriod, runningPeriod } from './period.ts';
export { createRecurrence, type Plan, type Recurrence, type Span } from './recurrence.ts';
