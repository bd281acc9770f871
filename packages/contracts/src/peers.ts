import * as z from 'zod';

/**
 * Somebody or some chat that an account has seen, with the access hash that Telegram gave to this account (another account's is of no
 * use). Ids and hashes are decimal strings: they are 64-bit.
 */
export const peerSchema = z.object({
  kind: z.enum(['user', 'chat', 'channel']),
  id: z.string(),
  /** `null` for basic groups, which need none. */
  accessHash: z.string().nullable(),
  /** Lower case, without `@`. */
  username: z.string().nullable(),
  /** E.164 with the plus, where the account may see it. */
  phone: z.string().nullable(),
  /** The account has had to do with it: a contact, a chat in its list, somebody that it has written to, itself. */
  familiar: z.boolean().default(false),
});
export type Peer = z.infer<typeof peerSchema>;

/** A failed look-up. Times are ms since the epoch. */
export interface Miss {
  /** When Telegram said so. The miss holds for requests from before; a later one may repeat the look-up. */
  since: number;
  /** When the miss expires. */
  until: number;
  /** Failed look-ups in a row. */
  times: number;
}

/** The peers that one account has seen. Looked up in memory; whoever opened it writes it down. */
export interface PeerBook {
  byId(kind: Peer['kind'], id: string): Peer | undefined;
  byUsername(username: string): Peer | undefined;
  byPhone(phone: string): Peer | undefined;
  /**
   * Adds peers or takes over what is new of known ones; a username or phone belongs to one peer at a time, the newest. Once familiar, a
   * peer stays so, whatever later sightings say.
   */
  remember(peers: readonly Peer[]): void;
  /** The last failed look-up, if it has not expired. Telegram limits look-ups hardest. `key` is any stable text. */
  missing(key: string, now: number): Miss | undefined;
  rememberMissing(key: string, miss: Miss): void;
  forgetMissing(key: string): void;
}
