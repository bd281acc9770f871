import { spawn } from 'node:child_process';

/**
 * Runs a program to its end, without blocking this process: a signal must still reach it.
 * @param {readonly string[]} command
 * @param {object} options
 * @param {AbortSignal} options.signal ends the program and all that it has started
 * @param {string} [options.cwd]
 * @param {Record<string, string>} [options.env] added to our own
 * @param {boolean} [options.showErrors] its standard error goes to ours at once; otherwise `output` holds it
 * @returns {Promise<{ ok: boolean, output: string }>}
 * @throws the signal's reason once the program has been ended
 */
export async function runCommand([program = '', ...args], { signal, cwd, env, showErrors = false }) {
  signal.throwIfAborted();
  // A process group of its own, so that it can be ended with all that it has started.
  const child = spawn(program, args, {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', showErrors ? 'inherit' : 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => (output += text));
  const end = () => {
    if (child.pid !== undefined) endGroup(child.pid);
  };
  signal.addEventListener('abort', end);
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(null);
    });
    child.once('close', resolve);
  });
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
  return { ok: code === 0, output };
}

/** @param {number} pid */
function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended.
  }
}
