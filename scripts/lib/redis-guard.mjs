/**
 * Runs a Redis server for as long as the process that started this one lives: Redis itself would not notice its end.
 * Arguments: the server's binary, its configuration file.
 */
import { spawn } from 'node:child_process';

const [binary = '', config = ''] = process.argv.slice(2);

/** ms that Redis has to write its file and end. */
const GRACE = 5_000;

/** ms that the other processes have to stop in good order before Redis goes. */
const OTHERS = 3_000;

// Listens before it starts Redis: a signal in between would end this process and leave Redis running.
process.once('SIGTERM', () => end());
process.on('SIGINT', () => {}); // The launcher ends us, after those who need Redis.
// The launcher was killed: its other processes are stopping by themselves now, and need Redis for that.
process.once('disconnect', () => setTimeout(end, OTHERS));

// The launcher was killed before this process listened for that.
if (!process.connected) process.exit();

const redis = spawn(binary, [config], { stdio: ['ignore', 'ignore', 'inherit'] });
// The launcher may end at this very moment: a failed message must not end this process, which ends Redis.
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
