import { styleText } from 'node:util';
import type { Failure } from './failure.ts';
import type { Io } from './io.ts';

/** Results on standard output, everything else on standard error; with `json` a JSON object a line, and nothing for people. */
export class Output {
  readonly json: boolean;
  readonly #io: Pick<Io, 'stdout' | 'stderr' | 'env'>;
  #hasProgress = false;

  constructor(io: Pick<Io, 'stdout' | 'stderr' | 'env'>, json: boolean) {
    this.#io = io;
    this.json = json;
  }

  /** One result: as JSON, or as the text, which may have several lines. */
  result(body: object, text: string): void {
    this.clearProgress();
    this.#io.stdout.write(`${this.json ? JSON.stringify(body) : text}\n`);
  }

  /** A piece of text as it comes, for people. */
  piece(text: string): void {
    if (!this.json) this.#io.stdout.write(text);
  }

  /** Said to a person on the way. */
  note(text: string): void {
    if (this.json) return;
    this.clearProgress();
    this.#io.stderr.write(`${text}\n`);
  }

  failure({ code, message, advice }: Failure): void {
    this.clearProgress();
    if (this.json) {
      this.#io.stderr.write(`${JSON.stringify({ status: 'error', code, message, advice })}\n`);
      return;
    }
    const lines = [`${this.bad('✗')} ${code}: ${message}`, ...advice.map((line) => `  ${line}`)];
    this.#io.stderr.write(`${lines.join('\n')}\n`);
  }

  /** A line that the next one takes the place of; nothing where nobody looks. */
  progress(text: string): void {
    if (this.json || this.#io.stderr.isTTY !== true) return;
    this.#io.stderr.write(`\r\u001B[2K${text}`);
    this.#hasProgress = true;
  }

  clearProgress(): void {
    if (this.#hasProgress) this.#io.stderr.write('\r\u001B[2K');
    this.#hasProgress = false;
  }

  good(text: string): string {
    return this.#styled('green', text);
  }

  bad(text: string): string {
    return this.#styled('red', text);
  }

  faint(text: string): string {
    return this.#styled('dim', text);
  }

  #styled(style: 'green' | 'red' | 'dim', text: string): string {
    const { stdout, stderr, env } = this.#io;
    const isPlain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
    const isSeen = stdout.isTTY === true && stderr.isTTY === true;
    return isPlain || !isSeen ? text : styleText(style, text, { validateStream: false });
  }
}
