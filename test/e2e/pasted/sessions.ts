import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { THIS_CHECKOUT } from '../../env/checkout.ts';
import { commandLines, docBlocks } from '../../env/doc-blocks.ts';
import { HAS_TERMINALS, paste } from '../../env/pasting.ts';
import type { Stack } from '../../env/stack.ts';
import { telethonFile, telethonString } from '../../env/telethon.ts';

const CLI = join(THIS_CHECKOUT.root, 'apps/cli/bin/telegram-gateway.mjs');
const PAGE = 'docs/sessions.md';
const PASSPHRASE = 'correct horse battery';
const YES = ['yes/no', 'yes'] as const;

/** docs/sessions.md, and the sign-in of the README, by a person at a terminal. */
export const sessionsAtATerminal = (product: () => { stack: Stack; directory: string }) => {
  let stack: Stack;
  let cwd: string;
  beforeAll(() => {
    ({ stack, directory: cwd } = product());
  });

  /** Pastes a line about Alice as one about another account. */
  const run = async (userId: string, line: string, answers: readonly (readonly [string, string])[] = []) => {
    const command = line.replace(/\balice\b(?!\.)/, userId).replace('npm run cli --', `node ${CLI}`);
    const pasted = await paste(stack, command, { cwd, answers });
    const output = await pasted.ended;
    expect(pasted.child.exitCode, `${command}\n${output}`).toBe(0);
    return output;
  };
  const state = async (userId: string) => {
    const { body } = await stack.api.status(userId);
    return { state: body.state, reason: body.reason ?? null };
  };

  test.skipIf(!HAS_TERMINALS)(
    'sessions of other programs are imported (skipped where there is no `script`)',
    async () => {
      const [atTerminal = '', byHttp = ''] = docBlocks(PAGE, 'Import', 'sh');
      const [file = '', text = ''] = commandLines(atTerminal);
      const made = (phone: string) => stack.control.createSession(phone);
      await writeFile(join(cwd, 'alice.session'), await telethonFile(await made('+9996628861')));
      await writeFile(join(cwd, 'string.txt'), telethonString(await made('+9996628862')));
      await run('from-file', file, [YES]);
      await run('from-string', text, [YES]);
      const session = telethonString(await made('+9996628863'));
      await run('from-http', byHttp.replace('1AgAOMTQ5…', session));
      for (const userId of ['from-file', 'from-string', 'from-http'])
        expect(await state(userId)).toMatchObject({ state: 'ready', reason: null });
    },
  );

  test.skipIf(!HAS_TERMINALS)(
    'a backup is made, moved and restored (skipped where there is no `script`)',
    async () => {
      const [backUp = ''] = docBlocks(PAGE, 'Back up', 'sh');
      const [exportIt = '', importIt = ''] = commandLines(backUp);
      const moving = docBlocks(PAGE, 'Move to another installation', 'sh').flatMap(commandLines);
      const [detach = '', restore = '', forget = ''] = moving;
      const passphrase = [
        ['A passphrase', PASSPHRASE],
        ['Again', PASSPHRASE],
      ] as const;
      await run('from-file', exportIt, passphrase);
      await run('from-file', forget);
      await run('from-file', importIt, [YES, ['Passphrase', PASSPHRASE]]);
      expect(await state('from-file')).toMatchObject({ state: 'ready', reason: null });
      const again = (line: string) => line.replace('alice.backup', 'moved.backup');
      await run('from-file', again(detach), passphrase);
      expect(await state('from-file')).toMatchObject({ reason: 'EXPORTED' });
      await run('from-file', forget);
      await run('from-file', again(restore), [YES, ['Passphrase', PASSPHRASE]]);
      expect(await state('from-file')).toMatchObject({ state: 'ready', reason: null });
    },
  );

  test.skipIf(!HAS_TERMINALS)(
    'the CLI asks for phone and code, and signs in (skipped where there is no `script`)',
    async () => {
      const output = await run('by-hand', 'npm run cli -- login alice', [
        ['Phone number', '+9996626666'],
        ['Code (', '22222'],
      ]);
      expect(output).toContain('by-hand');
      expect(await state('by-hand')).toMatchObject({ state: 'ready', reason: null });
    },
  );
};
