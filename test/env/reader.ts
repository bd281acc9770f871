import { fileURLToPath } from 'node:url';
import { paste } from './pasting.ts';
import type { Stack } from './stack.ts';

const CLI = fileURLToPath(new URL('../../apps/cli/bin/telegram-gateway.mjs', import.meta.url));

/** Commands that show what happens until their reader ends them. */
const ENDLESS = /\/updates -H|\btail\b/;

interface ReaderOptions {
  /** Where the commands run. */
  cwd: string;
  /** Called again and again while a command shows what happens, until it has shown something. */
  happen: () => Promise<void>;
}

/** Pastes the commands of a page into one shell: later ones know the variables and ids of earlier ones. */
export class Reader {
  readonly #stack: Stack;
  readonly #options: ReaderOptions;
  #variables: Record<string, string> = {};
  /** The id of the last message to each chat. */
  readonly #messages = new Map<string, string>();

  constructor(stack: Stack, options: ReaderOptions) {
    this.#stack = stack;
    this.#options = options;
  }

  /** @returns what it printed, and its exit code; `null` if the reader ended it. */
  async run(command: string): Promise<{ output: string; exitCode: number | null }> {
    const [, variable] = /^([A-Z]+)=/.exec(command) ?? [];
    const line = command.replace(/npm run (-s )?cli --/, `node ${CLI}`);
    const { cwd, happen } = this.#options;
    const [, chat = ''] = /(?:"recipient_id":"|-- edit alice )([^" ]+)/.exec(command) ?? [];
    const shell = await paste(
      this.#stack,
      variable === undefined ? line : `${line}; printf %s "$${variable}"`,
      { cwd, env: { ...this.#variables, MESSAGE_ID: this.#messages.get(chat) ?? '' } },
    );
    if (ENDLESS.test(command)) {
      while (shell.output() === '' && shell.child.exitCode === null) await happen();
      await shell.kill();
      return { output: shell.output(), exitCode: shell.child.exitCode };
    }
    const output = await shell.ended;
    if (variable !== undefined) this.#variables[variable] = output;
    for (const [, name = '', id = ''] of output.matchAll(/"(job|webhook)_id":"?([^",}]+)/g))
      this.#variables[`${name.toUpperCase()}_ID`] = id;
    const [, messageId] = /"message_id":(\d+)/.exec(output) ?? [];
    if (messageId !== undefined) this.#messages.set(chat, messageId);
    return { output, exitCode: shell.child.exitCode };
  }
}
