import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { inputPeerOf, kindAndId, peersOf } from './peers.ts';

const PAGE_SIZE = 100;
/** Pages to read, the latest chats first: bounded, yet enough for nearly everybody. */
const MAX_PAGES = 10;

type Page = Api.messages.Dialogs | Api.messages.DialogsSlice;

/** Yields the account's chats page by page, the latest first. Ends at the last chat or after 1,000. */
export async function* dialogPages(asker: Asker): AsyncGenerator<Page> {
  let offset: Offset | undefined = { offsetDate: 0, offsetId: 0, offsetPeer: new Api.InputPeerEmpty() };
  for (let page = 0; page < MAX_PAGES && offset !== undefined; page++) {
    const answer: Api.messages.TypeDialogs = await asker.ask(
      new Api.messages.GetDialogs({ ...offset, limit: PAGE_SIZE, hash: bigInt.zero }),
    );
    if (answer instanceof Api.messages.DialogsNotModified) return;
    yield answer;
    offset = answer instanceof Api.messages.DialogsSlice ? offsetAfter(answer) : undefined;
  }
}

interface Offset {
  offsetDate: number;
  offsetId: number;
  offsetPeer: Api.TypeInputPeer;
}

/** Where the next page starts: after the last chat whose top message and peer are known. */
function offsetAfter(page: Api.messages.DialogsSlice): Offset | undefined {
  const peers = peersOf(page);
  for (const dialog of page.dialogs.toReversed()) {
    const { kind, id } = kindAndId(dialog.peer);
    const peer = peers.find((candidate) => candidate.kind === kind && candidate.id === id);
    const top = page.messages.find((message) => isTop(message, dialog, kind, id));
    if (peer === undefined || top === undefined || !('date' in top)) continue;
    return { offsetDate: top.date, offsetId: top.id, offsetPeer: inputPeerOf(peer) };
  }
  return undefined;
}

/**
 * Whether the message is the dialog's top message. An id alone is ambiguous: ids are per account in chats, but per
 * channel in channels.
 */
function isTop(message: Api.TypeMessage, dialog: Api.TypeDialog, kind: string, id: string): boolean {
  if (message.id !== dialog.topMessage || message instanceof Api.MessageEmpty) return false;
  const at = kindAndId(message.peerId);
  return at.kind === kind && at.id === id;
}
