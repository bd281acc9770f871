import type { NumbersNote } from '@gateway/queue';
import type { NumbersFile } from '@gateway/sessions';

/** What is noted of one account's numbers, in the file of its shard. */
export class NotedNumbers implements NumbersNote {
  readonly #file: Pick<NumbersFile, 'read' | 'write'>;
  readonly #userId: string;
  readonly #limit: () => number;
  /** The limit that is being stored. */
  #nextLimit: number | undefined;
  /** Read at first use: only then is the account loaded. */
  #numbers: { given: number; upTo: number } | undefined;

  /** @param limit the stored limit of the account's numbers. */
  constructor(file: Pick<NumbersFile, 'read' | 'write'>, userId: string, limit: () => number) {
    this.#file = file;
    this.#userId = userId;
    this.#limit = limit;
  }

  get given(): number {
    return this.#current.given;
  }

  get upTo(): number {
    return this.#current.upTo;
  }

  write(given: number, upTo: number): void {
    const before = this.#current;
    if (given === before.given && upTo === before.upTo) return;
    this.#write({ given, upTo });
  }

  /** Stores another limit. What is noted holds under the former one until then, and under the new one from then on. */
  async whileLimitIs(next: number, store: () => Promise<void>): Promise<void> {
    this.#nextLimit = next;
    this.#write(this.#current);
    await store();
    this.#nextLimit = undefined;
  }

  get #current() {
    this.#numbers ??= this.#file.read(this.#userId, this.#limit());
    return this.#numbers;
  }

  #write(numbers: { given: number; upTo: number }): void {
    const limit = this.#limit();
    this.#file.write(this.#userId, { ...numbers, limits: [limit, this.#nextLimit ?? limit] });
    this.#numbers = numbers;
  }
}
