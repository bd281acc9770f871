import { readFile, writeFile } from 'node:fs/promises';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError, type ExitCode } from '../failure.ts';
import { readAll, readBytes } from '../io.ts';
import { decodeText } from '../text-file.ts';

export interface ImportOptions {
  yes?: boolean;
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
  { client, io, out }: CommandContext,
  { userId, file }: { userId: string; file: string },
  { yes = false, passphraseStdin = false }: ImportOptions,
): Promise<ExitCode> {
  if (file === '-' && passphraseStdin)
    throw new UsageError('standard input can be read only once: give the session as a file');
  const bytes = file === '-' ? await readBytes(io.stdin) : await contentOf(file);
  const session = await readSession(bytes, file === '-' ? 'standard input' : file);
  if (!yes) {
    const question =
      'Has the program that used this session been stopped for good? If two use it, Telegram ends it (yes/no)';
    const answer = await io.prompter?.ask(question, 'yes');
    if (answer === undefined)
      throw new UsageError(
        'no terminal to ask at: use --yes to confirm that no other program uses the session',
      );
    if (!/^y(es)?$/i.test(answer)) throw new UsageError('stop the other program first, then import');
  }
  const passphrase = BACKUP.test(session) ? await askPassphrase(io, passphraseStdin, false) : undefined;
  const answer = await client.importSession(userId, session, { passphrase, signal: io.signal });
  const { first_name, id } = answer.user;
  out.result(answer, `${out.good('✓')} ${userId} is signed in as ${first_name} (${id})`);
  return EXIT.ok;
}

/** Writes a sealed backup of an account's session. */
export async function exportSession(
  { client, io, out }: CommandContext,
  userId: string,
  { output, detach = false, passphraseStdin = false }: ExportOptions,
): Promise<ExitCode> {
  const passphrase = await askPassphrase(io, passphraseStdin, true);
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
  const stopped = detach ? '; the account has stopped here' : '';
  out.result({ ...rest, file: output }, `${out.good('✓')} ${userId} is in ${output}${stopped}`);
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
async function askPassphrase(io: CommandContext['io'], fromStdin: boolean, isNew: boolean): Promise<string> {
  if (fromStdin) return (await readAll(io.stdin)).replace(/\r?\n$/, '');
  if (io.prompter === null) throw new UsageError('no terminal to ask at: use --passphrase-stdin');
  const passphrase = await io.prompter.askSecret(
    isNew
      ? `A passphrase for the backup (at least ${MIN_PASSPHRASE} characters)`
      : 'Passphrase of the backup',
  );
  if (isNew && passphrase.length < MIN_PASSPHRASE)
    throw new UsageError(`the passphrase must be at least ${MIN_PASSPHRASE} characters`);
  if (isNew && (await io.prompter.askSecret('Again')) !== passphrase)
    throw new UsageError('the two passphrases differ');
  return passphrase;
}
