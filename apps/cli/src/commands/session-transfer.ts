import { readFile, writeFile } from 'node:fs/promises';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError, type ExitCode } from '../failure.ts';
import { readAll, readBytes } from '../io.ts';
import type { Say } from '../language.ts';
import { decodeText } from '../text-file.ts';
import { networkOf } from './network-of.ts';

export interface ImportOptions {
  yes?: boolean;
  /** The address of a proxy, or `none`. */
  proxy?: string;
  passphraseStdin?: boolean;
}

export interface ExportOptions {
  output?: string;
  detach?: boolean;
  passphraseStdin?: boolean;
}

const BACKUP = /^tgb1\./;
const MIN_PASSPHRASE = 12;

/** Imports a session from a file or standard input. Parses a SQLite file locally, so its size does not matter. */
export async function importSession(
  { client, io, out, say }: CommandContext,
  { userId, file }: { userId: string; file: string },
  { yes = false, passphraseStdin = false, proxy }: ImportOptions,
): Promise<ExitCode> {
  if (file === '-' && passphraseStdin)
    throw new UsageError('standard input can be read only once: give the session as a file');
  const bytes = file === '-' ? await readBytes(io.stdin) : await contentOf(file);
  const session = await readSession(bytes, file === '-' ? 'standard input' : file);
  if (!yes) {
    const question = say(
      'Has the program that used this session been stopped for good? If two use it, Telegram ends it (yes/no)',
    );
    const answer = await io.prompter?.ask(question, say('yes'));
    if (answer === undefined)
      throw new UsageError(
        'no terminal to ask at: use --yes to confirm that no other program uses the session',
      );
    if (!/^(?:y|yes|д|да)$/i.test(answer)) throw new UsageError('stop the other program first, then import');
  }
  const passphrase = BACKUP.test(session) ? await askPassphrase(io, say, passphraseStdin, false) : undefined;
  const answer = await client.importSession(userId, session, {
    ...networkOf({ proxy }),
    passphrase,
    signal: io.signal,
  });
  const { first_name, id } = answer.user;
  out.result(
    answer,
    `${out.good('✓')} ${say('{user} is signed in as {name} ({id})', { user: userId, name: first_name, id: String(id) })}`,
  );
  return EXIT.ok;
}

/** Writes a sealed backup of an account's session. */
export async function exportSession(
  { client, io, out, say }: CommandContext,
  userId: string,
  { output, detach = false, passphraseStdin = false }: ExportOptions,
): Promise<ExitCode> {
  const passphrase = await askPassphrase(io, say, passphraseStdin, true);
  const answer = await client.exportSession(userId, passphrase, { detach, signal: io.signal });
  if (output === undefined) {
    out.result(answer, answer.backup);
    return EXIT.ok;
  }
  try {
    await writeFile(output, `${answer.backup}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new UsageError(
      `${output} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const { backup: _backup, ...rest } = answer;
  const values = { user: userId, file: output };
  const line = detach
    ? say('{user} is in {file}; the account has stopped here', values)
    : say('{user} is in {file}', values);
  out.result({ ...rest, file: output }, `${out.good('✓')} ${line}`);
  return EXIT.ok;
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Parses a SQLite session file here, whatever its size. The gateway parses all text formats. */
async function readSession(bytes: Buffer, name: string): Promise<string> {
  // Imported lazily, because no other command needs it.
  const formats = await import('@gateway/session-formats');
  if (!formats.isSqlite(bytes)) return decodeText(bytes, name).trim();
  try {
    return formats.writeTelethon(await formats.readSessionFile(bytes));
  } catch (error) {
    if (error instanceof formats.SessionFormatError) throw new UsageError(`the session ${error.message}`);
    throw error;
  }
}

/** @param isNew the passphrase is a new one, so it is asked for twice. */
async function askPassphrase(
  io: CommandContext['io'],
  say: Say,
  fromStdin: boolean,
  isNew: boolean,
): Promise<string> {
  if (fromStdin) return (await readAll(io.stdin)).replace(/\r?\n$/, '');
  if (io.prompter === null) throw new UsageError('no terminal to ask at: use --passphrase-stdin');
  const passphrase = await io.prompter.askSecret(
    isNew
      ? say('A passphrase for the backup (at least {min} characters)', { min: MIN_PASSPHRASE })
      : say('Passphrase of the backup'),
  );
  if (isNew && passphrase.length < MIN_PASSPHRASE)
    throw new UsageError(`the passphrase must be at least ${MIN_PASSPHRASE} characters`);
  if (isNew && (await io.prompter.askSecret(say('Again'))) !== passphrase)
    throw new UsageError('the two passphrases differ');
  return passphrase;
}
