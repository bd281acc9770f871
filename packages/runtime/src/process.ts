import { createLogger, type Logger } from './logger.ts';
import { readSettings, secretsOf, SettingsError, type Settings } from './settings/settings.ts';
import { watchNpm } from './watch-npm.ts';

/** ms that a process may take to end by itself once everything is closed. */
const LINGER = 500;
/** ms that the last lines of the log may take to be read before the process ends without them. */
const FLUSH_LOG = 2_000;

/** A part of the product that runs in its own process. */
export interface App {
  /** Sent to the parent process once this app is ready, over the IPC channel if there is one. */
  ready: Record<string, unknown> | Promise<Record<string, unknown>>;
  /** Closes everything that was opened. The app bounds the time itself. */
  close(): Promise<void>;
}

/**
 * Runs a process: settings → start → ready → (SIGTERM, SIGINT, or the end of the parent or npm) → close. The process
 * then ends because nothing is left. A bad setting prints one line on stderr and exits with code 1. A second signal, or
 * a close that takes longer than `forceAfterMs`, ends the process at once.
 *
 * @param isHarmless recognizes rejections in foreign code that mean nothing. Any other unhandled rejection ends the
 * process.
 * @param logFields fields that each line of the log gets.
 */
export async function runProcess(
  name: string,
  start: (settings: Settings, logger: Logger) => Promise<App>,
  options: {
    forceAfterMs?: number;
    isHarmless?: (reason: unknown) => boolean;
    logFields?: () => object;
  } = {},
): Promise<void> {
  let settings: Settings;
  try {
    settings = readSettings();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    process.exitCode = 1;
    process.channel?.unref();
    return;
  }
  const logger = createLogger({
    name,
    level: settings.LOG_LEVEL,
    format: settings.LOG_FORMAT,
    secrets: secretsOf(settings),
    ...(options.logFields && { fields: options.logFields }),
  });
  let app: App | undefined;
  let stopping = false;

  /** Ends the process once its log is written. It does not wait for a reader that has stalled. */
  const exit = (code?: number) => {
    setTimeout(() => process.exit(code), FLUSH_LOG);
    logger.flush(() => process.exit(code));
  };

  const stop = async (why: string, exitCode: number) => {
    if (stopping) return;
    stopping = true;
    process.exitCode = exitCode;
    logger.info({ why }, 'stopping');
    if (app === undefined) return exit(exitCode); // Still starting: no running work could be lost.
    setTimeout(() => {
      logger.error('did not stop in time, ending now');
      exit(1);
    }, options.forceAfterMs ?? 30_000).unref();
    try {
      await app.close();
      logger.info('stopped');
    } catch (error) {
      logger.error({ err: error }, 'error while stopping');
      process.exitCode = 1;
    }
    if (process.connected) process.disconnect();
    // The process ends by itself unless a library's timer still runs: BullMQ's readers wait 5 s after an outage.
    setTimeout(exit, LINGER).unref();
  };

  const onSignal = (signal: NodeJS.Signals) => {
    // A terminal's Ctrl-C reaches both the parent and this process, and the parent's SIGTERM follows. So only the same
    // signal again means "now".
    if (stopping && signal === firstSignal) process.exit(1);
    firstSignal ??= signal;
    void stop(signal, 0);
  };
  let firstSignal: NodeJS.Signals | undefined;
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.once('disconnect', () => void stop('parent has gone', 0));
  watchNpm(() => void stop('npm has ended', 0));
  process.on('unhandledRejection', (reason) => {
    if (options.isHarmless?.(reason)) return;
    logger.fatal({ err: reason }, 'unhandled rejection');
    void stop('unhandled rejection', 1);
  });
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception');
    void stop('uncaught exception', 1);
  });

  try {
    // The parent may have ended while this process was loading, before it listened for `disconnect`.
    if (process.send !== undefined && !process.connected) return await stop('parent has gone', 0);
    app = await start(settings, logger);
    const ready = await app.ready;
    // If this fails, the parent has just ended, and `disconnect` follows.
    if (!stopping) process.send?.({ type: 'ready', ...ready }, undefined, {}, () => {});
  } catch (error) {
    if (stopping) return;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${name}: cannot start: ${message}\n`);
    logger.debug({ err: error }, 'cannot start');
    exit(1);
  }
}
