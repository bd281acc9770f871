import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { EVENT_TYPES } from '@gateway/contracts';
import type { ApiClient } from '../../env/api-client.ts';
import type { Random } from '../random.ts';
import type { AccountEvent } from './judge-events.ts';
import type { Reading } from './judge-reader.ts';

/** Share of the deliveries that fail: half of them before, and half after the event was taken. */
const FAIL_SHARE = 0.01;

/** A receiver of a webhook for some accounts, which sometimes fails. */
export class WebhookReader {
  readonly #server = createServer((request, response) => void this.#take(request, response));
  readonly #random: Random;
  readonly #events = new Map<string, AccountEvent[]>();

  private constructor(random: Random) {
    this.#random = random;
  }

  /** Subscribes, and receives until it is closed. */
  static async open(api: ApiClient, userIds: readonly string[], random: Random): Promise<WebhookReader> {
    const reader = new WebhookReader(random);
    reader.#server.listen(0, '127.0.0.1');
    await once(reader.#server, 'listening');
    for (const userId of userIds) reader.#events.set(userId, []);
    const { port } = reader.#server.address() as AddressInfo;
    const { status, body } = await api.post('/webhooks', {
      url: `http://127.0.0.1:${port}/`,
      user_ids: userIds,
      events: EVENT_TYPES,
    });
    if (status !== 201) throw new Error(`no webhook: ${status} ${JSON.stringify(body)}`);
    return reader;
  }

  /** @param afterOf the number of an account's last event before the webhook was created. */
  readings(afterOf: (userId: string) => number): Reading[] {
    return [...this.#events].map(([userId, events]) => ({
      name: `webhook of ${userId}`,
      userId,
      after: afterOf(userId),
      mayRepeat: true,
      events,
    }));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      // The judge checks the content.
      const event = (await json(request)) as AccountEvent & { user_id: string };
      const dice = this.#random.next();
      if (dice < FAIL_SHARE / 2) return void response.writeHead(500).end();
      this.#events.get(event.user_id)?.push(event);
      if (dice < FAIL_SHARE) response.destroy();
      else response.writeHead(204).end();
    } catch {
      response.destroy(); // The worker was killed meanwhile.
    }
  }
}
