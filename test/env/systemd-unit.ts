import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { THIS_CHECKOUT } from './checkout.ts';

/** The PATH that systemd gives to services, and the folder of this Node. */
const PATH = `${process.execPath.replace(/\/[^/]*$/, '')}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin`;

interface UnitOptions {
  /** In place of /etc/telegram-gateway.env. */
  environmentFile: string;
  /** In place of /var/lib/telegram-gateway. */
  stateDirectory: string;
}

/** A process that was started as its unit in deploy/systemd says, from this checkout. */
export class UnitProcess {
  readonly #child: ChildProcess;
  output = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
  }

  static async start(unit: string, { environmentFile, stateDirectory }: UnitOptions): Promise<UnitProcess> {
    const { ExecStart = '', Environment = '' } = await serviceOf(unit);
    const [program = '', ...args] = ExecStart.split(' ');
    const own = Environment.replaceAll('/var/lib/telegram-gateway', stateDirectory).split(' ').join('\n');
    // A setting of the file wins over one of the unit.
    const env = { PATH, ...assignments(own), ...assignments(await readFile(environmentFile, 'utf8')) };
    return new UnitProcess(
      spawn(program, args, { cwd: THIS_CHECKOUT.root, env, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'close');
  }
}

/** The directives of a unit's `[Service]`; none of those that this test needs stands there twice. */
async function serviceOf(unit: string): Promise<Record<string, string>> {
  const text = await readFile(`${THIS_CHECKOUT.root}/deploy/systemd/${unit}`, 'utf8');
  return assignments(text.slice(text.indexOf('[Service]')));
}

/** Lines `NAME=value`, without comments. */
function assignments(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => /^\w+=/.test(line));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
