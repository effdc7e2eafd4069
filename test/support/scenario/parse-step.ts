import { AlertHold, AlertPhase, StageVerdict } from '../../../shared/model/alert.ts';
import { DetectorStatus } from '../../../shared/model/detector.ts';
import { IncidentPhase } from '../../../shared/model/incident.ts';
import { ObjectiveState } from '../../../shared/model/objective.ts';
import { Priority, Severity } from '../../../shared/model/priority.ts';
import type { Action, Expectation, Target, Words } from './language.ts';
import type { WordReader } from './words.ts';

const ACTIONS = [
  'acknowledge',
  'rearm',
  'escalate',
  'restart',
  'silence',
  'renew',
  'expire',
  'note',
  'kill',
  'start',
  'sleep',
  'stop',
  'clock',
  'source',
  'change',
  'report',
  'remove',
  'reload',
] as const;

/** Reads what happens at a time. */
export function parseAction(reader: WordReader): Action {
  const kind = reader.oneOf('an action', ACTIONS);
  switch (kind) {
    case 'acknowledge': {
      const target: Target = reader.take('alert')
        ? { kind: 'alert', name: reader.word('an alert') }
        : { kind: 'incident' };
      return { kind, target, by: reader.take('by') ? reader.word('a name') : 'anna' };
    }
    case 'rearm':
    case 'escalate': {
      if (!reader.take('alert')) reader.fail('expected "alert" and which');
      const alert = reader.word('an alert');
      const by = reader.take('by') ? reader.word('a name') : 'anna';
      return { kind, alert, by, why: reader.take('because') ? reader.quoted('a reason') : 'It must be.' };
    }
    case 'silence': {
      const matchers = reader.word('matchers');
      if (!reader.take('for')) reader.fail('expected "for" and how long');
      const durationMs = reader.durationMs('how long');
      const by = reader.take('by') ? reader.word('a name') : 'anna';
      const comment = reader.take('because') ? reader.quoted('a reason') : 'known';
      return { kind, matchers, durationMs, by, comment };
    }
    case 'renew': {
      if (!reader.take('silence', 'for')) reader.fail('expected "silence for" and how long');
      return { kind, durationMs: reader.durationMs('how long'), by: 'anna' };
    }
    case 'expire': {
      if (!reader.take('silence')) reader.fail('expected "silence"');
      return { kind, by: 'anna' };
    }
    case 'note':
      return {
        kind,
        text: reader.quoted('the note'),
        by: reader.take('by') ? reader.word('a name') : 'anna',
      };
    case 'kill':
    case 'start':
      if (!reader.take('worker')) reader.fail('expected "worker"');
      return {
        kind: 'worker',
        worker: reader.oneOf('a worker', ['slo', 'detect']),
        alive: kind === 'start',
      };
    case 'sleep':
    case 'stop':
    case 'clock':
      return { kind, durationMs: reader.durationMs('how long') };
    case 'source':
      return { kind, state: reader.oneOf('its state', ['up', 'down', 'silent']) };
    case 'change':
      return {
        kind,
        service: reader.word('a service'),
        from: reader.word('a version'),
        to: reader.word('a version'),
      };
    case 'report':
      return parseReport(reader);
    case 'remove':
      return {
        kind,
        what: reader.oneOf('what', ['objective', 'rule', 'detector']),
        name: reader.word('a name'),
      };
    case 'restart':
    case 'reload':
      return { kind };
  }
}

/** `report am lists DiskFull severity critical`, `report hook ends DiskFull severity critical`, `report am lists nothing`. */
function parseReport(reader: WordReader): Action {
  const source = reader.word('a source');
  const way = reader.oneOf('how', ['lists', 'tells', 'ends']);
  if (reader.take('nothing')) return { kind: 'report', source, way, alert: null };
  const alert: Record<string, string> = { alertname: reader.word('an alert') };
  while (!reader.done) alert[reader.word('a label')] = reader.word('its value');
  return { kind: 'report', source, way, alert };
}

const EXPECTATIONS = [
  'no',
  'alert',
  'alerts',
  'verdict',
  'objective',
  'detector',
  'incident',
  'incidents',
  'timeline',
  'notification',
  'gap',
] as const;

/** Reads what must be so at a time. */
export function parseExpectation(reader: WordReader): Expectation {
  const kind = reader.oneOf('an expectation', EXPECTATIONS);
  switch (kind) {
    case 'no':
      return parseNone(reader);
    case 'alert':
      return parseAlert(reader);
    case 'alerts':
    case 'incidents':
      return { kind, count: reader.number('how many') };
    case 'verdict': {
      const stages = StageVerdict.shape.stage.options;
      return {
        kind,
        name: reader.word('an alert'),
        stage: reader.oneOf('a stage', stages),
        outcome: reader.maybe(StageVerdict.shape.outcome.options),
        words: parseWords(reader),
      };
    }
    case 'objective':
      return {
        kind,
        name: reader.word('an objective'),
        state: reader.oneOf('its state', ObjectiveState.options),
        words: parseWords(reader),
      };
    case 'detector':
      return {
        kind,
        name: reader.word('a detector'),
        state: reader.oneOf('its state', DetectorStatus.shape.state.options),
        words: parseWords(reader),
      };
    case 'incident':
      return parseIncident(reader);
    case 'timeline': {
      const words = parseWords(reader);
      return { kind, words, times: reader.take('times') ? reader.number('how often') : null };
    }
    case 'notification':
      return parseNotification(reader);
    case 'gap': {
      const lengthMs = reader.durationMs('how long');
      const state = reader.maybe(['backfilled', 'open']);
      return { kind, lengthMs, filled: state && state === 'backfilled', words: parseWords(reader) };
    }
  }
}

function parseNone(reader: WordReader): Expectation {
  switch (reader.oneOf('what there must not be', ['alert', 'incident', 'notification'])) {
    case 'alert':
      return { kind: 'no-alert', name: reader.done ? null : reader.word('an alert') };
    case 'incident':
      return { kind: 'incidents', count: 0 };
    case 'notification':
      return { kind: 'no-notification' };
  }
}

function parseAlert(reader: WordReader): Expectation {
  const name = reader.word('an alert');
  const phase = reader.maybe(AlertPhase.options);
  const priority = reader.maybe(Priority.options);
  const flag = reader.maybe(['acknowledged', 'unacknowledged']);
  const acknowledged = flag === null ? null : flag === 'acknowledged';
  const held = reader.take('held')
    ? reader.oneOf('what holds it', AlertHold.shape.stage.options)
    : reader.maybe(['audible']);
  return { kind: 'alert', name, phase, priority, acknowledged, held, words: parseWords(reader) };
}

function parseIncident(reader: WordReader): Expectation {
  const severity = reader.maybe(Severity.options);
  const phase = reader.take('phase') ? reader.oneOf('a phase', IncidentPhase.options) : null;
  const services = reader.take('services') ? reader.list('services') : null;
  return { kind: 'incident', severity, phase, services, words: parseWords(reader) };
}

function parseNotification(reader: WordReader): Expectation {
  if (!reader.take('to')) reader.fail('expected "to" and receivers');
  const receivers = reader.list('receivers');
  const priority = reader.maybe(Priority.options);
  const loudness = reader.maybe(['silent', 'loud']);
  const end = reader.maybe(['over', 'firing']);
  return {
    kind: 'notification',
    receivers,
    priority,
    sound: loudness === null ? null : loudness === 'loud',
    resolved: end === null ? null : end === 'over',
    words: parseWords(reader),
  };
}

/** `contains "…"` and `lacks "…"`, any number of them; the words `reason` and `because` before them only read well. */
function parseWords(reader: WordReader): Words[] {
  const words: Words[] = [];
  for (;;) {
    reader.take('reason');
    if (reader.take('contains') || reader.take('because'))
      words.push({ text: reader.quoted('the words'), present: true });
    else if (reader.take('lacks')) words.push({ text: reader.quoted('the words'), present: false });
    else return words;
  }
}
