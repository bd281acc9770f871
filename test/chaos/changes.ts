import { createHash } from 'node:crypto';
import type { FileServer } from '../env/file-server.ts';
import { nameOfAction, type PostedAction } from './judge-actions.ts';
import { nameOfEdit, type PostedEdit } from './judge-edits.ts';
import { nameOfMembership, type PostedMembership } from './judge-members.ts';
import { nameOfPress, type PostedPress } from './judge-presses.ts';
import { nameOfRead } from './judge-reads.ts';
import { nameOfState, type PostedState } from './judge-states.ts';
import { nameOf, type AcceptedMessage } from './judge.ts';
import type { Poster } from './poster.ts';
import { makeFile } from './sends.ts';
import type { Target } from './targets.ts';
import { writeEdit } from './texts.ts';
import { BUTTON_DATA } from './world.ts';

const REACTIONS = ['👍', '❤', '🔥', ''];

/** The numbers of a chat's changes, in their order. */
export type NextNumber = () => number;

/** By which a change names its message: its id, or the job that sends it. */
function named({ jobId, messageId }: AcceptedMessage): object {
  return messageId === null ? { job_id: jobId } : { message_id: messageId };
}

export async function editText(poster: Poster, next: NextNumber, message: AcceptedMessage): Promise<void> {
  const { chat, seq, messageId } = message;
  const edit = next();
  const text = writeEdit({ chat, seq }, edit, poster.random);
  const posted: PostedEdit = { chat, seq, edit, messageId, text };
  const fields = { ...named(message), text };
  await poster.change(poster.ledger.edits, posted, nameOfEdit(posted), '/telegram/user/message/edit', fields);
}

/** Forwards a send to the account's own chat, or deletes it: by its job, with all of its messages. */
export async function act(
  poster: Poster,
  next: NextNumber,
  kind: PostedAction['kind'],
  message: AcceptedMessage,
): Promise<void> {
  const { chat, seq, jobId, messageId } = message;
  const posted: PostedAction = { kind, chat, seq, number: next() };
  const fields = {
    ...(messageId === null ? { job_id: jobId } : { message_ids: [messageId] }),
    ...(kind === 'forward' && { to_recipient_id: 'me' }),
  };
  const path = `/telegram/user/message/${kind}` as const;
  await poster.change(poster.ledger.actions, posted, nameOfAction(posted), path, fields);
}

export async function react(poster: Poster, next: NextNumber, message: AcceptedMessage): Promise<void> {
  const value = poster.random.pick(REACTIONS);
  const fields = { ...named(message), emoji: value === '' ? null : value };
  await changeState(poster, { kind: 'reaction', value, number: next() }, message, 'message/react', fields);
}

/** Pins or unpins a message for the account alone. */
export async function pin(poster: Poster, next: NextNumber, message: AcceptedMessage): Promise<void> {
  const value = poster.random.chance(0.6) ? 'pinned' : '';
  const path = value === '' ? 'message/unpin' : 'message/pin';
  await changeState(poster, { kind: 'pin', value, number: next() }, message, path, named(message));
}

/** Gives a message with a file another one. */
export async function replaceFile(
  poster: Poster,
  next: NextNumber,
  server: FileServer,
  message: AcceptedMessage,
): Promise<void> {
  const number = next();
  const made = await makeFile(poster, server, message.type ?? 'document', `${nameOf(message)} ${number}`);
  if (made === null) return;
  message.isFileReplaced = true;
  const change = { kind: 'file', value: made.sha256, number } as const;
  await changeState(poster, change, message, 'message/edit', { ...named(message), media: [made.item] });
}

async function changeState(
  poster: Poster,
  change: Pick<PostedState, 'kind' | 'value' | 'number'>,
  { chat, seq, files: [file = ''] = [] }: AcceptedMessage,
  path: 'message/react' | 'message/pin' | 'message/unpin' | 'message/edit',
  fields: object,
): Promise<void> {
  const posted: PostedState = { ...change, chat, seq, initial: change.kind === 'file' ? file : '' };
  await poster.change(poster.ledger.states, posted, nameOfState(posted), `/telegram/user/${path}`, fields);
}

/** Reads the chat up to one of the account's own messages. */
export async function read(poster: Poster, next: NextNumber, message: Target): Promise<void> {
  const { chat, seq, from, to, messageId } = message;
  const posted = { chat, seq, from, to, number: next() };
  const fields = { up_to: messageId };
  await poster.change(poster.ledger.reads, posted, nameOfRead(posted), '/telegram/user/chat/read', fields);
}

/** Presses the next button of the bot. */
export async function press(poster: Poster, next: NextNumber): Promise<void> {
  const { account, extras } = poster.chat;
  if (extras === undefined) throw new Error('this chat has no bot');
  const number = next();
  const data = BUTTON_DATA[number % BUTTON_DATA.length] ?? '';
  const posted: PostedPress = { from: account.id, data, number };
  const fields = { recipient_id: extras.bot.recipient, message_id: extras.bot.messageId, data };
  await poster.change(
    poster.ledger.presses,
    posted,
    nameOfPress(posted),
    '/telegram/user/message/press',
    fields,
  );
}

/** Joins or leaves the club. */
export async function joinOrLeave(poster: Poster, next: NextNumber): Promise<void> {
  const { account, extras } = poster.chat;
  if (extras === undefined) throw new Error('this chat has no club');
  const kind = poster.random.pick(['join', 'leave'] as const);
  const posted: PostedMembership = { from: account.id, kind, number: next() };
  const fields = { recipient_id: extras.club.recipient };
  const name = nameOfMembership(posted);
  await poster.change(poster.ledger.memberships, posted, name, `/telegram/user/chat/${kind}`, fields);
}

/** Downloads the file of a message, and compares it with the one that was sent. */
export async function download(poster: Poster, message: Target): Promise<void> {
  const { caller, chat, ledger, giveUp } = poster;
  const fileId = (await caller.resultOf(message.jobId))?.fileId;
  if (fileId === undefined) return;
  const bytes = await caller.download(chat.account.userId, fileId, giveUp);
  if (bytes === null) return;
  ledger.downloads += 1;
  const is = typeof bytes === 'string' ? bytes : createHash('sha256').update(bytes).digest('hex');
  if (is !== message.files?.[0]) ledger.wrongDownloads.push(`${nameOf(message)}, ${message.jobId}: ${is}`);
}
