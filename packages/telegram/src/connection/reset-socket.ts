import type { Socket } from 'node:net';
import { PromisedNetSockets } from 'telegram/extensions/PromisedNetSockets.js';

/**
 * GramJS's socket, closed by a reset. After a usual close, the system goes on to send what the other side has not
 * received yet. If the network comes back minutes later, Telegram would receive an old call while another worker serves
 * the account, and end the session (AUTH_KEY_DUPLICATED).
 */
export class ResetSocket extends PromisedNetSockets {
  override async close(): Promise<void> {
    // Private in GramJS's types.
    const { client } = this as unknown as { client?: Socket };
    if (client !== undefined && !client.connecting && !client.destroyed) client.resetAndDestroy();
    await super.close();
  }
}
