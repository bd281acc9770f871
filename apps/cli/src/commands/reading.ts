import type { TelegramMessage } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../failure.ts';
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
  { client, io, out }: CommandContext,
  userId: string,
  { limit, before }: PageOptions,
): Promise<ExitCode> {
  const answer = await client.accounts.chats(userId, { limit: numberOf(limit), before, signal: io.signal });
  const lines = answer.chats.map(({ id, type, title, username, unread, last_message }) => {
    const name = [title, username === null ? '' : `@${username}`].filter((part) => part !== '').join(' ');
    const count = unread === 0 ? '' : `, ${unread} unread`;
    const last = last_message === null ? '' : `\n  ${describe(last_message)}`;
    return `${id}  ${printable(name)} (${type}${count})${last}`;
  });
  out.result(answer, [...lines, ...more(answer.next)].join('\n'));
  return EXIT.ok;
}

/** Lists the messages of a chat. With `--json` prints the gateway's answer. */
export async function messages(
  { client, io, out }: CommandContext,
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
  out.result(answer, [...answer.messages.map(describe), ...more(answer.next)].join('\n'));
  return EXIT.ok;
}

function describe(message: TelegramMessage): string {
  const { message_id, date, direction, sender, text, media, service, redacted } = message;
  const who = direction === 'out' ? 'me' : sender?.name || sender?.id || '?';
  const what = [
    ...(redacted === true ? ['[not shown]'] : []),
    ...(service === null ? [] : [`[${service.type}]`]),
    ...(media === null ? [] : [`[${[media.type, media.file_name].filter(Boolean).join(' ')}]`]),
    ...(text === '' ? [] : [text]),
  ];
  return printable(`${message_id}  ${date}  ${who}: ${what.join(' ')}`);
}

function more(next: string | null): string[] {
  return next === null ? [] : [`(more: --before ${next})`];
}

/** Others wrote the text: it must not control the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '\uFFFD').replaceAll('\n', '\n    ');
}

/** The gateway refuses what is no number. */
function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
