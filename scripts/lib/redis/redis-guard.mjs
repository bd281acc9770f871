/**
 * Runs a Redis server until the process that started this one ends. Redis itself would not notice that end. Arguments:
 * the server's binary, its configuration file.
 */
import { spawn } from 'node:child_process';

const [binary = '', config = ''] = process.argv.slice(2);

/** ms for Redis to write its file and end. */
const GRACE = 5_000;

/** ms for the other processes to stop before Redis ends. */
const OTHERS_GRACE = 3_000;

// Listens before starting Redis: a signal in between would end this process and leave Redis running.
process.once('SIGTERM', () => end());
process.on('SIGINT', () => {}); // The launcher ends this process after those that need Redis.
// The launcher was killed. Its other processes now stop by themselves and still need Redis.
process.once('disconnect', () => setTimeout(end, OTHERS_GRACE));

// The launcher was killed before this process listened for it.
if (!process.connected) process.exit();

const redis = spawn(binary, [config], { stdio: ['ignore', 'ignore', 'inherit'] });
// The launcher may end at this moment. A failed message must not end this process, which has to end Redis.
redis.on('spawn', () => process.send?.({ type: 'spawned', pid: redis.pid }, undefined, {}, () => {}));
redis.on('error', (error) => {
  process.stderr.write(`redis: ${error.message}\n`);
  process.exit(1);
});
redis.on('close', (code) => process.exit(code ?? 1));

function end() {
  redis.kill('SIGTERM');
  setTimeout(() => redis.kill('SIGKILL'), GRACE).unref();
}
