import type { GatewayError, SendResult } from '@gateway/contracts';
import type { Hand } from './hand.ts';
import type { InHand } from './in-hand.ts';
import type { LaneOptions } from './lane-ports.ts';

type EndingOptions = Pick<LaneOptions, 'account' | 'announceEnd' | 'metrics' | 'finished' | 'logger' | 'now'>;

/** How a lane's jobs end, for good. */
export class Endings {
  readonly #options: EndingOptions;
  readonly #hand: Hand;

  constructor(options: EndingOptions, hand: Hand) {
    this.#options = options;
    this.#hand = hand;
  }

  async sent(inHand: InHand, result: SendResult): Promise<void> {
    const { account, announceEnd, metrics, now } = this.#options;
    account.ledger.noteEnded(inHand.jobId);
    await announceEnd(inHand.job);
    await Promise.all([inHand.job.complete(result), account.ledger.save()]);
    metrics.sent(Math.max(0, now() - inHand.job.dueAt) / 1_000);
    await this.#left(inHand, 'sent');
  }

  async fail(inHand: InHand, error: GatewayError): Promise<void> {
    const { account, announceEnd, metrics, logger } = this.#options;
    account.ledger.noteEnded(inHand.jobId);
    await announceEnd(inHand.job);
    await inHand.job.fail(inHand.failure(error));
    await this.#hand.hideAside(inHand);
    await account.ledger.save();
    await this.#left(inHand, error.code === 'CANCELLED' ? 'cancelled' : 'failed');
    const { code, cause, details } = error;
    metrics.failed(code);
    const { jobId, requestId } = inHand;
    logger.warn({ jobId, requestId, code, rpcError: details.rpcError, err: cause }, 'failed');
  }

  async #left(inHand: InHand, how: NonNullable<InHand['ended']>): Promise<void> {
    inHand.ended = how;
    this.#hand.drop(inHand);
    await this.#options.finished(inHand.jobId);
  }
}
