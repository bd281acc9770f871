/**
 * Runs a Redis server for as long as the process that started this one lives: Redis itself would not notice its end.
 * Arguments: the server's binary, its configuration file.
 */
import { spawn } from 'node:child_process';

const [binary = '', config = ''] = process.argv.slice(2);

/** ms that Redis has to write its file and end. */
const GRACE = 5_000;

const redis = spawn(binary, [config], { stdio: ['ignore', 'ignore', 'inherit'] });
redis.on('spawn', () => process.send?.({ type: 'spawned', pid: redis.pid }));
redis.on('error', (error) => {
  process.stderr.write(`redis: ${error.message}\n`);
  process.exitCode = 1;
  if (process.connected) process.disconnect();
});
redis.on('close', (code) => {
  process.exitCode = code ?? 1;
  if (process.connected) process.disconnect();
});

function end() {
  redis.kill('SIGTERM');
  setTimeout(() => redis.kill('SIGKILL'), GRACE).unref();
}

process.once('disconnect', end);
process.once('SIGTERM', end);
process.on('SIGINT', () => {}); // The launcher ends us, after those who need Redis.
