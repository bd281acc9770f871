import { spawn } from 'node:child_process';

/**
 * Runs a program to its end without blocking this process, so that it can still receive signals.
 * @param {readonly string[]} command
 * @param {object} options
 * @param {AbortSignal} options.signal ends the program and all its descendants
 * @param {string} [options.cwd]
 * @param {Record<string, string>} [options.env] added to this process's environment
 * @param {boolean} [options.showErrors] prints its standard error at once; otherwise it is part of `output`
 * @returns {Promise<{ ok: boolean, output: string }>}
 * @throws the signal's reason once the program has ended
 */
export async function runCommand([program = '', ...args], { signal, cwd, env, showErrors = false }) {
  signal.throwIfAborted();
  // In a process group of its own, so that it can be ended together with its descendants.
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
    // The group has already ended.
  }
}
