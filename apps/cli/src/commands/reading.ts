import type { TelegramMessage } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import type { Say } from '../language.ts';
import type { ChatArguments } from './messages.ts';
import { messageIdOf } from './send.ts';

/** The options as commander parses them. */
export interface PageOptions {
  limit?: string;
  before?: string;
}

export interface MessagesOptions extends PageOptions {
  after?: string;
  search?: string;
  topic?: string;
}

/** Lists the account's chats. With `--json` prints the gateway's answer. */
export async function chats(
  { client, io, out, say }: CommandContext,
  userId: string,
  { limit, before }: PageOptions,
): Promise<ExitCode> {
  const answer = await client.accounts.chats(userId, { limit: numberOf(limit), before, signal: io.signal });
  // The gateway names the chat with oneself like any other, by its person. No program reads this text.
  const { user_info: own } = out.json
    ? { user_info: null }
    : await client.status(userId, { signal: io.signal });
  const lines = answer.chats.map(({ id, type, title, username, unread, last_message }) => {
    const count = unread === 0 ? '' : `, ${say('{count} unread', { count: unread })}`;
    const last = last_message === null ? '' : `\n  ${messageLine(say, last_message)}`;
    const name = id === String(own?.id) ? say('Saved Messages') : printable(named(title, username));
    return `${id}  ${name} (${type}${count})${last}`;
  });
  out.result(answer, [...lines, ...more(say, answer.next)].join('\n'));
  return EXIT.ok;
}

/** Lists the messages of a chat. With `--json` prints the gateway's answer. */
export async function messages(
  { client, io, out, say }: CommandContext,
  { userId, recipient }: ChatArguments,
  { limit, before, after, search, topic }: MessagesOptions,
): Promise<ExitCode> {
  const answer = await client.accounts.messages(userId, recipient, {
    limit: numberOf(limit),
    before,
    after: after === undefined ? undefined : messageIdOf('after', after),
    q: search,
    topic_id: topic === undefined ? undefined : messageIdOf('topic', topic),
    signal: io.signal,
  });
  out.result(
    answer,
    [...answer.messages.map((message) => messageLine(say, message)), ...more(say, answer.next)].join('\n'),
  );
  return EXIT.ok;
}

/** Lists the account's contacts. With `--json` prints the gateway's answer. */
export async function contacts(
  { client, io, out, say }: CommandContext,
  userId: string,
  { limit, before }: PageOptions,
): Promise<ExitCode> {
  const answer = await client.accounts.contacts(userId, {
    limit: numberOf(limit),
    before,
    signal: io.signal,
  });
  const lines = answer.contacts.map(({ id, name, username, phone_number }) =>
    printable([id, named(name, username), phone_number ?? ''].join('  ').trim()),
  );
  out.result(answer, [...lines, ...more(say, answer.next)].join('\n'));
  return EXIT.ok;
}

/** Shows who a recipient is. */
export async function resolve(
  { client, io, out }: CommandContext,
  { userId, recipient }: ChatArguments,
): Promise<ExitCode> {
  const answer = await client.accounts.resolve(userId, recipient, { signal: io.signal });
  const { id, type, name, username } = answer;
  out.result(answer, `${id}  ${printable(named(name, username))} (${type})`);
  return EXIT.ok;
}

/** Shows who has these phone numbers. */
export async function phones(
  { client, io, out, say }: CommandContext,
  userId: string,
  numbers: readonly string[],
): Promise<ExitCode> {
  const answer = await client.accounts.phones(userId, numbers, { signal: io.signal });
  const lines = answer.phones.map(({ phone_number, registered, id }) =>
    registered === true ? `${phone_number}  ${id ?? ''}`.trim() : `${phone_number}  ${say('not known')}`,
  );
  out.result(answer, lines.join('\n'));
  return EXIT.ok;
}

function named(name: string, username: string | null): string {
  return [name, username === null ? '' : `@${username}`].filter((part) => part !== '').join(' ');
}

/** A message in one line, with its id, its date and who wrote it. */
function messageLine(say: Say, message: TelegramMessage): string {
  const { message_id, date, direction, sender } = message;
  const who = direction === 'out' ? say('me') : sender?.name || sender?.id || '?';
  return `${message_id}  ${date}  ${printable(who)}: ${contentOf(say, message)}`;
}

/** What a message says: its text, or what it has in place of one. */
export function contentOf(
  say: Say,
  { text, media, service, redacted }: Pick<TelegramMessage, 'text' | 'media' | 'service' | 'redacted'>,
): string {
  const what = [
    ...(redacted === true ? [`[${say('not shown')}]`] : []),
    ...(service === null ? [] : [`[${service.type}]`]),
    ...(media === null ? [] : [`[${[media.type, media.file_name].filter(Boolean).join(' ')}]`]),
    ...(text === '' ? [] : [text]),
  ];
  return printable(what.join(' '));
}

export function more(say: Say, next: string | null): string[] {
  return next === null ? [] : [say('(more: --before {place})', { place: next })];
}

/** Others wrote the text: it must not control the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '\uFFFD').replaceAll('\n', '\n    ');
}

/** The gateway refuses what is no number. */
function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
