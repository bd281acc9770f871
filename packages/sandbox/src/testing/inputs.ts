import { isTlObject } from '../rpc/fields.ts';
import type { TlObject, TlValue } from '../types.ts';
import type { DirectClient } from './direct-telegram.ts';
import { PAGE, type TwoPeople } from './two-people.ts';

/** The `inputPeerChannel` of a public channel. */
export async function channelOf(client: DirectClient, username: string): Promise<TlObject> {
  const { chats } = await client.call('contacts.resolveUsername', { username });
  const [found] = listOf(chats);
  return { _: 'inputPeerChannel', channel_id: found?.['id'], access_hash: found?.['access_hash'] };
}

export function listOf(value: TlValue): TlObject[] {
  return Array.isArray(value) ? value.filter(isTlObject) : [];
}

/** The latest messages of a chat, the newest first. */
export async function historyOf(client: DirectClient, peer: TlObject): Promise<TlObject[]> {
  return listOf((await client.call('messages.getHistory', { peer, ...PAGE }))['messages']);
}

/** Creates a public supergroup `the_team` of both people. @returns its id. */
export function supergroup({ telegram, aliceId, bobId }: TwoPeople): number {
  const team = { title: 'Team', kind: 'supergroup', username: 'the_team' } as const;
  return telegram.control.createChat({ ...team, members: [aliceId, bobId] }).id;
}
