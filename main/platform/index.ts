/**
 * What every stage stands on and that knows no word of the domain: time, identifiers, log lines, news, threads and processes.
 * Time and identifiers are always passed in, so that one pipeline runs live, in scenarios and over history.
 * A thread that dies is restarted and said; what it was deciding is rejected, never guessed.
 */

export { createBreather } from './breather.ts';
export { type Bus, createBus } from './bus.ts';
export { type Clock, systemClock, VirtualClock } from './clock.ts';
export { type SmallFile, smallFile } from './file/small-file.ts';
export { createVault, type Seal, type SecretStore, type Vault, vaultOver } from './file/vault.ts';
export { type FileText, writeFiles } from './file/write-files.ts';
export { createGathering, type Gathering } from './gathering.ts';
export { countingIds, fingerprint, type Ids, randomIds, secretToken, sha256 } from './id.ts';
export { createLogger, type Logger, silentLogger } from './logger.ts';
export { type Autostart, freedesktopAutostart } from './process/autostart.ts';
export { type Child, type LaunchChild, launchNodeChild, linesOf } from './process/child.ts';
export { createSoundPlayer, type SoundPlayer } from './process/player.ts';
export { type Repeat, repeat, type Tick } from './scheduler.ts';
export { compilePattern, type Pattern } from './text/pattern.ts';
export { createTurns, type Turns } from './turns.ts';
export { inlineWorker, startWorker, type WorkerHandle, type WorkerOptions } from './worker/client.ts';
export { type Remote, Transfer, type WorkerApi } from './worker/protocol.ts';
export { serveWorker } from './worker/serve.ts';
