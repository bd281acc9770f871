import type { TlObject } from '../types.ts';
import { DirectTelegram, type DirectClient } from './direct-telegram.ts';

export const ALICE = '+9996621001';
export const BOB = '+9996621002';
export const SELF = { _: 'inputPeerSelf' };
/** The fields by which a list is paged, for its first page. */
export const PAGE = {
  offset_id: 0,
  offset_date: 0,
  add_offset: 0,
  limit: 100,
  max_id: 0,
  min_id: 0,
  hash: 0n,
};

/** Two people who have signed in, and each other's peers. */
export interface TwoPeople {
  telegram: DirectTelegram;
  alice: DirectClient;
  bob: DirectClient;
  aliceId: number;
  bobId: number;
  toBob: TlObject;
  toAlice: TlObject;
}

export async function twoPeople(): Promise<TwoPeople> {
  const telegram = new DirectTelegram();
  const alice = telegram.client('alice');
  const bob = telegram.client('bob');
  const aliceId = await alice.signIn(ALICE);
  const bobId = await bob.signIn(BOB);
  const [toBob, toAlice] = [await alice.peerOf(BOB), await bob.peerOf(ALICE)];
  return { telegram, alice, bob, aliceId, bobId, toBob, toAlice };
}
