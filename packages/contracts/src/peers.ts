import * as z from 'zod';

/**
 * A user or chat that an account has seen, with the access hash that Telegram issued to this account (another account's
 * does not work). Ids and hashes are decimal strings, because they are 64-bit.
 */
export const peerSchema = z.object({
  kind: z.enum(['user', 'chat', 'channel']),
  id: z.string(),
  /** `null` for basic groups, which need no hash. */
  accessHash: z.string().nullable(),
  /** Lower case, without `@`. */
  username: z.string().nullable(),
  /** E.164 with the plus, if the account may see it. */
  phone: z.string().nullable(),
  /** The account knows this peer: a contact, a chat in its list, somebody that it has written to, or itself. */
  familiar: z.boolean().default(false),
});
export type Peer = z.infer<typeof peerSchema>;

/** A failed look-up. Times are ms since the epoch. */
export interface Miss {
  /** When Telegram reported the miss. It applies to requests from before; a later request may repeat the look-up. */
  since: number;
  /** When the miss expires. */
  until: number;
  /** Number of failed look-ups in a row. */
  times: number;
}

/** The peers that one account has seen, in memory. The code that opens it also saves it. */
export interface PeerBook {
  byId(kind: Peer['kind'], id: string): Peer | undefined;
  byUsername(username: string): Peer | undefined;
  byPhone(phone: string): Peer | undefined;
  /**
   * Adds peers, and updates known ones. A username or phone belongs to one peer at a time, the newest. Once familiar, a
   * peer stays familiar, whatever later sightings say.
   */
  remember(peers: readonly Peer[]): void;
  /** The last failed look-up, if it has not expired. Telegram limits look-ups hardest. `key` is any stable text. */
  missing(key: string, now: number): Miss | undefined;
  rememberMissing(key: string, miss: Miss): void;
  forgetMissing(key: string): void;
}
