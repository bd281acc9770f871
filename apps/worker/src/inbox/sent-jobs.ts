import type { ActionClient } from '../actions/step.ts';

/** Messages to remember: more than an account sends until Telegram's answer is told. */
const MAX_KNOWN = 500;

/** Which job sent which message, by the random ids of the messages. Kept in memory only. */
export class SentJobs {
  readonly #jobs = new Map<string, string>();

  /** The connection, for a job: notes what it sends before it does. */
  noting(client: ActionClient, jobId: string): ActionClient {
    return {
      ...client,
      run: (name, options) => {
        this.#note(randomIdsIn(options), jobId);
        return client.run(name, options);
      },
    };
  }

  #note(randomIds: readonly bigint[], jobId: string): void {
    for (const randomId of randomIds) {
      this.#jobs.set(String(randomId), jobId);
      const [oldest] = this.#jobs.keys();
      if (this.#jobs.size > MAX_KNOWN && oldest !== undefined) this.#jobs.delete(oldest);
    }
  }

  /** `null`: another program, a person or an earlier worker sent the message. */
  jobOf(randomId: string | undefined): string | null {
    return (randomId !== undefined && this.#jobs.get(randomId)) || null;
  }
}

/** The random ids of a message, of several, or of the items of an album. */
function randomIdsIn(options: object): readonly bigint[] {
  const {
    randomId,
    randomIds = [],
    items = [],
  } = options as {
    randomId?: bigint;
    randomIds?: readonly bigint[];
    items?: readonly { randomId: bigint }[];
  };
  if (randomId !== undefined) return [randomId];
  return [...randomIds, ...items.map((item) => item.randomId)];
}
