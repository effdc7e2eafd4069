import { pino } from 'pino';

/** Structured log lines. Never give it a secret, a header or a body. */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
  child(bindings: object): Logger;
}

/** Writes JSON lines to the given file descriptor (2 is stderr). */
export function createLogger(level: 'debug' | 'info' | 'warn' | 'error' | 'silent', fd = 2): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd, sync: true }),
  );
}

export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
