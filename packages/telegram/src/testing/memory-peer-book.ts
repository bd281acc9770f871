import type { Miss, Peer, PeerBook } from '@gateway/contracts';

/** The smallest {@link PeerBook} that fulfils the interface's contract, for tests. */
export class MemoryPeerBook implements PeerBook {
  readonly #peers = new Map<string, Peer>();
  readonly #missing = new Map<string, Miss>();

  byId(kind: Peer['kind'], id: string): Peer | undefined {
    return this.#peers.get(`${kind}:${id}`);
  }

  byUsername(username: string): Peer | undefined {
    return [...this.#peers.values()].find((peer) => peer.username === username);
  }

  byPhone(phone: string): Peer | undefined {
    return [...this.#peers.values()].find((peer) => peer.phone === phone);
  }

  remember(peers: readonly Peer[]): void {
    for (const peer of peers) {
      const familiar = peer.familiar || (this.byId(peer.kind, peer.id)?.familiar ?? false);
      this.#peers.set(`${peer.kind}:${peer.id}`, { ...peer, familiar });
    }
  }

  missing(key: string, now: number): Miss | undefined {
    const miss = this.#missing.get(key);
    return miss !== undefined && miss.until > now ? miss : undefined;
  }

  rememberMissing(key: string, miss: Miss): void {
    this.#missing.set(key, miss);
  }

  forgetMissing(key: string): void {
    this.#missing.delete(key);
  }
}
