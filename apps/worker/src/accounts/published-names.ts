import type { KnownNames } from '@gateway/queue';
import type { MemoryPeerBook } from '@gateway/sessions';
import type { KnownPeers } from './known-peers.ts';

/** Shows the API whom an account knows by which name, while it only answers. */
export class PublishedNames {
  readonly #peers: KnownPeers;
  readonly #names: Pick<KnownNames, 'store'>;
  /** The book whose names are published, as it was; `null`: none are. */
  #published: { book: MemoryPeerBook; generation: number } | null = null;

  constructor(peers: KnownPeers, names: Pick<KnownNames, 'store'>) {
    this.#peers = peers;
    this.#names = names;
  }

  /** Publishes the names, also if Redis has lost them. @param isOn whether the account only answers. */
  async publish(isOn: boolean): Promise<void> {
    if (!isOn && this.#published === null) return;
    const { book } = this.#peers;
    const { generation } = book;
    await this.#names.store(isOn ? book.names() : new Map());
    this.#published = isOn ? { book, generation } : null;
  }

  /** Publishes the names if the account has learnt one since. */
  async publishNew(isOn: boolean): Promise<void> {
    const { book } = this.#peers;
    if (isOn && (this.#published?.book !== book || this.#published.generation !== book.generation))
      await this.publish(isOn);
  }
}
