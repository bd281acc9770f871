import type { Readable, Writable } from 'node:stream';
import { isCancel, password, text } from '@clack/prompts';
import { Interrupted } from './failure.ts';
import type { Say } from './language.ts';

/** Asks the person at the terminal. @throws {Interrupted} if the person cancels. */
export interface Prompter {
  ask(question: string, example?: string): Promise<string>;
  /** Hides the input, which may be empty. */
  askSecret(question: string): Promise<string>;
}

/** @param output not standard output, which is reserved for results. */
export function terminalPrompter(input: Readable, output: Writable, signal: AbortSignal, say: Say): Prompter {
  const common = { input, output, signal };
  return {
    async ask(message, placeholder = '') {
      const validate = (value: string | undefined) =>
        (value ?? '').trim() === '' ? say('Needed.') : undefined;
      const answer = await text({ ...common, message, placeholder, validate });
      if (isCancel(answer)) throw new Interrupted();
      return answer.trim();
    },
    async askSecret(message) {
      const answer = await password({ ...common, message });
      if (isCancel(answer)) throw new Interrupted();
      return answer ?? '';
    },
  };
}
