import type { MemoryPeerBook, SessionStore, SessionStoreError } from '@gateway/sessions';
import { readPeers } from './stored-account.ts';

type Read = Awaited<ReturnType<typeof readPeers>>;

/** The peers that an account has learnt, and which of them the store has. */
export class KnownPeers {
  readonly #store: SessionStore;
  readonly #userId: string;
  #book!: MemoryPeerBook;
  #saved = 0;
  #error: SessionStoreError | null = null;

  private constructor(store: SessionStore, userId: string, read: Read) {
    this.#store = store;
    this.#userId = userId;
    this.#use(read);
  }

  static async load(store: SessionStore, userId: string): Promise<KnownPeers> {
    return new KnownPeers(store, userId, await readPeers(store, userId));
  }

  get book(): MemoryPeerBook {
    return this.#book;
  }

  /** Set if the stored peers cannot be read. The unreadable ones are kept as a copy once new ones are saved. */
  get error(): SessionStoreError | null {
    return this.#error;
  }

  /** Replaces the known peers by the stored ones. */
  async reload(): Promise<void> {
    this.#use(await readPeers(this.#store, this.#userId));
  }

  /**
   * Saves new peers.
   * @returns whether they replace unreadable ones, which ends the trouble with those.
   */
  async save(): Promise<boolean> {
    const { generation } = this.#book;
    if (generation === this.#saved) return false;
    const endsTrouble = this.#error !== null;
    await this.#store.savePeers(this.#userId, this.#book.toJSON(), { keepFormer: endsTrouble });
    this.#saved = generation;
    this.#error = null;
    return endsTrouble;
  }

  /** Forgets which recipients Telegram did not find, so that they are looked up again. */
  forgetMissing(): void {
    this.#book.forgetAllMissing();
  }

  #use({ book, error }: Read): void {
    this.#book = book;
    this.#saved = book.generation;
    this.#error = error;
  }
}
