import { isTlObject } from '../rpc/fields.ts';
import type { TlObject, TlValue } from '../types.ts';
import type { DirectClient } from './direct-telegram.ts';

/** The `inputPeerChannel` of a public channel. */
export async function channelOf(client: DirectClient, username: string): Promise<TlObject> {
  const { chats } = await client.call('contacts.resolveUsername', { username });
  const [found] = listOf(chats);
  return { _: 'inputPeerChannel', channel_id: found?.['id'], access_hash: found?.['access_hash'] };
}

export function listOf(value: TlValue): TlObject[] {
  return Array.isArray(value) ? value.filter(isTlObject) : [];
}
