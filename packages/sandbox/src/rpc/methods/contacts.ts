import type { Account, PeerId } from '../../state/model.ts';
import type { TlObject } from '../../types.ts';
import { accountByPhone, phoneDigits } from '../accounts.ts';
import { rpcError } from '../errors.ts';
import { longField, objectField, objectList, textField } from '../fields.ts';
import { companions, peerObject, userObject } from '../objects.ts';
import { userOfInput } from '../peers.ts';
import { unixSeconds, type Telegram, type UserRequest } from '../telegram.ts';

const USERNAME = /^[a-z]\w{3,31}$/i;

export function getContacts({ account, telegram: { store } }: UserRequest): TlObject {
  const ids = [...(store.state.contacts.get(account.id) ?? [])];
  const contacts = ids.map((id) => ({
    _: 'contact',
    user_id: BigInt(id),
    mutual: store.state.contacts.get(id)?.has(account.id) ?? false,
  }));
  return {
    _: 'contacts.contacts',
    contacts,
    saved_count: 0,
    users: ids.map((id) => userObject(store, account.id, id)),
  };
}

export function resolveUsername({ query, account, telegram }: UserRequest): TlObject {
  const username = textField(query, 'username').replace(/^@/, '').toLowerCase();
  if (!USERNAME.test(username)) throw rpcError('USERNAME_INVALID');
  const peer = peerByUsername(telegram, username);
  if (peer === undefined) throw rpcError('USERNAME_NOT_OCCUPIED');
  return resolvedPeer(telegram, account, peer);
}

/** @param username in lower case, without the @. */
export function peerByUsername({ store }: Telegram, username: string): PeerId | undefined {
  const account = store.state.accountByUsername.get(username);
  if (account !== undefined) return account.id;
  return [...store.state.chats.values()].find((chat) => chat.username?.toLowerCase() === username)?.peer;
}

export function resolvePhone({ query, account, telegram }: UserRequest): TlObject {
  const found = accountByPhone(telegram.store, phoneDigits(textField(query, 'phone')));
  if (found === undefined) throw rpcError('PHONE_NOT_OCCUPIED');
  return resolvedPeer(telegram, account, found.id);
}

function resolvedPeer({ store }: Telegram, account: Account, peer: PeerId): TlObject {
  const { users, chats } = companions(store, account, [peer]);
  const others = peer === account.id ? users : users.filter((user) => user['self'] !== true);
  return { _: 'contacts.resolvedPeer', peer: peerObject(peer), users: others, chats };
}

/** As at Telegram, the answer leaves out phones without an account. */
export function importContacts({ query, account, telegram: { store } }: UserRequest): TlObject {
  const imported = objectList(query, 'contacts').flatMap((contact) => {
    const digits = textField(contact, 'phone').replace(/\D/g, '');
    const found = accountByPhone(store, digits);
    return found === undefined ? [] : [{ id: found.id, clientId: longField(contact, 'client_id') }];
  });
  const ids = imported.map(({ id }) => id);
  if (ids.length > 0) store.commit({ type: 'contacts_added', accountId: account.id, contactIds: ids });
  return {
    _: 'contacts.importedContacts',
    imported: imported.map(({ id, clientId }) => ({
      _: 'importedContact',
      user_id: BigInt(id),
      client_id: clientId,
    })),
    popular_invites: [],
    retry_contacts: [],
    users: [...new Set(ids)].map((id) => userObject(store, account.id, id)),
  };
}

export function addContact({ query, account, telegram }: UserRequest): TlObject {
  const { store } = telegram;
  const id = userOfInput(store, account, objectField(query, 'id'));
  if (id === undefined || !store.state.accounts.has(id)) throw rpcError('CONTACT_ID_INVALID');
  store.commit({ type: 'contacts_added', accountId: account.id, contactIds: [id] });
  return {
    _: 'updates',
    updates: [],
    ...companions(store, account, [id]),
    date: unixSeconds(telegram),
    seq: 0,
  };
}
