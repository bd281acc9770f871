import { styleText } from 'node:util';
import { translate, type Locale } from '@gateway/texts';
import type { Failure } from './failure.ts';
import type { Io } from './io.ts';

/**
 * Writes results to standard output and everything else to standard error. With `json` writes one JSON object per line,
 * and no text for people.
 */
export class Output {
  readonly json: boolean;
  readonly #io: Pick<Io, 'stdout' | 'stderr' | 'env'>;
  readonly #language: Locale;
  #hasProgress = false;

  /** @param language that of the failures; JSON is always in English. */
  constructor(io: Pick<Io, 'stdout' | 'stderr' | 'env'>, json: boolean, language: Locale) {
    this.#io = io;
    this.json = json;
    this.#language = language;
  }

  /** Writes one result: as JSON, or as the text, which may have several lines. */
  result(body: object, text: string): void {
    this.clearProgress();
    this.#io.stdout.write(`${this.json ? JSON.stringify(body) : text}\n`);
  }

  /** Writes a piece of streamed text, for people only. */
  piece(text: string): void {
    if (!this.json) this.#io.stdout.write(text);
  }

  /** Shows a message to the person while the command runs. */
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
    const lines = [
      `${this.bad('✗')} ${code}: ${this.translated(message)}`,
      ...advice.map((line) => `  ${this.translated(line)}`),
    ];
    this.#io.stderr.write(`${lines.join('\n')}\n`);
  }

  /** An error's sentence in the person's language. */
  translated(english: string): string {
    return translate(english, this.#language);
  }

  /** Shows a progress line, which the next one replaces. Does nothing if standard error is not a terminal. */
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
