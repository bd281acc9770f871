import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CLIENT = fileURLToPath(new URL('../../clients/python/', import.meta.url));

/** Compiling what is not imported takes seconds. */
const run = (program: string, args: string[]) =>
  promisify(execFile)(program, args, { env: { ...process.env, PIP_NO_COMPILE: '1' } });

/**
 * Whether the Python client can be built and tested here: a Python of 3.11 or later with venv and pip, and an index of
 * packages that answers within seconds.
 */
export function canUsePythonPackages(): boolean {
  const works = (...args: string[]) => spawnSync('python3', args, { timeout: 90_000 }).status === 0;
  if (!works('-c', 'import sys, venv, pip; sys.exit(sys.version_info < (3, 11))')) return false;
  const folder = mkdtempSync(join(tmpdir(), 'gateway-index-'));
  const download = ['download', '--quiet', '--no-deps', '--retries', '0', '--timeout', '5', '--dest', folder];
  try {
    return works('-m', 'pip', ...download, 'pluggy');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A Python with the packages of a user of the Python client. */
export interface PythonUser {
  /** Its folder, without any source of the package. */
  directory: string;
  /** For programs that say `python3`. */
  env: Record<string, string>;
  /** Runs a Python module; rejects with its output if it fails. */
  python: (args: string[], env?: Record<string, string>) => Promise<string>;
}

/** Builds the client's wheel outside this checkout, and installs it with the tools of its tests. */
export async function installPythonClient(directory: string): Promise<PythonUser> {
  const source = join(directory, 'source');
  const isOwn = (path: string) => !/_sync|openapi$|__pycache__/.test(path.slice(CLIENT.length));
  await cp(CLIENT, source, { recursive: true, filter: isOwn });
  const venv = join(directory, 'venv');
  const wheels = join(directory, 'wheels');
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--quiet'];
  await Promise.all([
    run('python3', ['-m', 'venv', '--without-pip', venv]),
    run('python3', [...pip, 'wheel', '--no-deps', '--wheel-dir', wheels, source]),
  ]);
  const user = join(directory, 'user');
  await cp(join(source, 'tests'), user, { recursive: true });
  const program = join(venv, 'bin', 'python');
  const found = ['--find-links', wheels, '--constraint', join(user, 'constraints.txt')];
  await run('python3', [
    ...pip,
    '--python',
    program,
    'install',
    ...found,
    'telegram-gateway-client',
    'mypy',
    'pytest',
  ]);
  const env = { PATH: `${join(venv, 'bin')}${delimiter}${process.env['PATH'] ?? ''}` };
  const python = async (args: string[], settings: Record<string, string> = {}) => {
    const options = { cwd: user, env: { ...process.env, ...env, ...settings }, maxBuffer: 2 ** 24 };
    try {
      return (await promisify(execFile)(program, args, options)).stdout;
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`python ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
    }
  };
  return { directory: user, env, python };
}
