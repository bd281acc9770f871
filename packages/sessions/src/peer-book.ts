import { recipientText, type Miss, type Peer, type PeerBook } from '@gateway/contracts';
import type { StoredPeers } from './session-store.ts';

/** Maximum number of missing peers. The oldest are dropped first. */
const MAX_MISSING = 10_000;

/**
 * A {@link PeerBook} in memory. Its owner saves {@link toJSON} when {@link generation} has changed since the last save.
 *
 * The newest username of a peer counts, even if it is none: a username that was given up must not find its former
 * owner. A known phone or access hash stays if an update lacks it, and a familiar peer stays familiar.
 */
export class MemoryPeerBook implements PeerBook {
  readonly #peers = new Map<string, Peer>();
  readonly #usernames = new Map<string, Peer>();
  readonly #phones = new Map<string, Peer>();
  readonly #missing = new Map<string, Miss>();
  #generation = 0;

  constructor(stored: StoredPeers = { peers: [], missing: [] }) {
    this.remember(stored.peers);
    // The time of the look-up is not stored, so any new request may look up again.
    for (const [key, until] of stored.missing) this.rememberMissing(key, { since: 0, until, times: 1 });
    this.#generation = 0;
  }

  /** Grows with every change. 0: unchanged since it was loaded. */
  get generation(): number {
    return this.#generation;
  }

  byId(kind: Peer['kind'], id: string): Peer | undefined {
    return this.#peers.get(`${kind} ${id}`);
  }

  byUsername(username: string): Peer | undefined {
    return this.#usernames.get(username.toLowerCase());
  }

  byPhone(phone: string): Peer | undefined {
    return this.#phones.get(phone);
  }

  remember(peers: readonly Peer[]): void {
    for (const peer of peers) this.#rememberOne(peer);
  }

  #rememberOne(seen: Peer): void {
    const known = this.byId(seen.kind, seen.id);
    const peer: Peer = {
      kind: seen.kind,
      id: seen.id,
      accessHash: seen.accessHash ?? known?.accessHash ?? null,
      username: seen.username?.toLowerCase() ?? null,
      phone: seen.phone ?? known?.phone ?? null,
      familiar: seen.familiar || (known?.familiar ?? false),
    };
    if (known !== undefined && isSame(known, peer)) return;
    if (known !== undefined) this.#forget(known);
    const formerOfName = peer.username === null ? undefined : this.#usernames.get(peer.username);
    if (formerOfName !== undefined) this.#replace(formerOfName, { ...formerOfName, username: null });
    const formerOfPhone = peer.phone === null ? undefined : this.#phones.get(peer.phone);
    if (formerOfPhone !== undefined) this.#replace(formerOfPhone, { ...formerOfPhone, phone: null });
    this.#add(peer);
    this.#generation += 1;
  }

  missing(key: string, now: number): Miss | undefined {
    const miss = this.#missing.get(key);
    if (miss === undefined || miss.until > now) return miss;
    this.#missing.delete(key);
    return undefined;
  }

  rememberMissing(key: string, miss: Miss): void {
    // Deletes first, so that the map stays in the order of the look-ups.
    this.#missing.delete(key);
    this.#missing.set(key, miss);
    for (const oldest of this.#missing.keys()) {
      if (this.#missing.size <= MAX_MISSING) break;
      this.#missing.delete(oldest);
    }
    this.#generation += 1;
  }

  forgetMissing(key: string): void {
    if (this.#missing.delete(key)) this.#generation += 1;
  }

  /** Makes every missing peer be looked up again. */
  forgetAllMissing(): void {
    if (this.#missing.size === 0) return;
    this.#missing.clear();
    this.#generation += 1;
  }

  /** `@username` or phone → the id of the peer, in the form of `recipient_id`. */
  names(): Map<string, string> {
    const named = [...this.#usernames].map(([name, peer]): [string, Peer] => [`@${name}`, peer]);
    return new Map([...named, ...this.#phones].map(([name, peer]) => [name, recipientText(peer)]));
  }

  toJSON(): StoredPeers {
    const missing = [...this.#missing].map(([key, { until }]): [string, number] => [key, until]);
    return { peers: [...this.#peers.values()], missing };
  }

  #replace(former: Peer, peer: Peer): void {
    this.#forget(former);
    this.#add(peer);
  }

  #add(peer: Peer): void {
    this.#peers.set(`${peer.kind} ${peer.id}`, Object.freeze(peer));
    if (peer.username !== null) this.#usernames.set(peer.username, peer);
    if (peer.phone !== null) this.#phones.set(peer.phone, peer);
  }

  #forget(peer: Peer): void {
    this.#peers.delete(`${peer.kind} ${peer.id}`);
    if (peer.username !== null) this.#usernames.delete(peer.username);
    if (peer.phone !== null) this.#phones.delete(peer.phone);
  }
}

function isSame(one: Peer, other: Peer): boolean {
  return (
    one.accessHash === other.accessHash &&
    one.username === other.username &&
    one.phone === other.phone &&
    one.familiar === other.familiar
  );
}
