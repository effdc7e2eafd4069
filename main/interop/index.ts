/**
 * Other tools' files, in and out: Prometheus rules, Alertmanager's configuration, OpenSLO and Sloth. What cannot be
 * carried over is named by file and line and never dropped in silence.
 * Exported rules decide as Midwatch does: the same windows, thresholds, minimums and highest row.
 */

export { exportAlertmanager } from './export-alertmanager.ts';
export { exportOpenSlo } from './export-openslo.ts';
export { exportRules } from './export-rules.ts';
export { importAlertmanager } from './import-alertmanager.ts';
export { type ImportSpan, importIcal } from './import-ical.ts';
export { importOpenSlo } from './import-openslo.ts';
export { importRules } from './import-rules.ts';
export { importSloth } from './import-sloth.ts';
export type { Imported, ImportedFile } from './imported.ts';
