import type { Peer, PeerBook } from '@gateway/contracts';

/** The smallest {@link PeerBook} that keeps the interface's promises, for tests. */
export class MemoryPeerBook implements PeerBook {
  readonly #peers = new Map<string, Peer>();
  readonly #missing = new Map<string, number>();

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

  isMissing(key: string, now: number): boolean {
    return (this.#missing.get(key) ?? -Infinity) > now;
  }

  rememberMissing(key: string, until: number): void {
    this.#missing.set(key, until);
  }
}
