import { createHmac } from 'node:crypto';
import type { TlObject } from '../types.ts';

const MAX_FUTURE_SALTS = 64;

export interface FutureSalt extends TlObject {
  _: 'future_salt';
  /** Unix seconds. */
  valid_since: number;
  valid_until: number;
  salt: bigint;
}

/**
 * The server salts of one auth key. Each is valid for one lifetime, and a new one starts every half lifetime, so two
 * are always valid. They are derived from the key and the time, so they stay the same after a restart.
 */
export class Salts {
  readonly #authKey: Uint8Array;
  readonly #lifetimeMs: number;
  readonly #first: { salt: bigint; untilMs: number };
  #current: { period: number; salt: bigint; previous: bigint } | undefined;

  /** `first`: the salt from the key exchange, valid for one lifetime from `nowMs` (Unix milliseconds). */
  constructor(authKey: Uint8Array, first: Uint8Array, lifetimeMs: number, nowMs: number) {
    this.#authKey = authKey;
    this.#lifetimeMs = lifetimeMs;
    this.#first = { salt: Buffer.from(first).readBigInt64LE(0), untilMs: nowMs + lifetimeMs };
  }

  /** The newest valid salt. */
  current(nowMs: number): bigint {
    return this.#at(nowMs).salt;
  }

  accepts(salt: bigint, nowMs: number): boolean {
    const { salt: current, previous } = this.#at(nowMs);
    return (
      salt === current || salt === previous || (salt === this.#first.salt && nowMs < this.#first.untilMs)
    );
  }

  /** The current and following salts, for `get_future_salts`. `count` is limited to 1 to 64. */
  upcoming(count: number, nowMs: number): FutureSalt[] {
    const half = this.#lifetimeMs / 2;
    const { period } = this.#at(nowMs);
    return Array.from({ length: Math.min(Math.max(count, 1), MAX_FUTURE_SALTS) }, (_, index) => ({
      _: 'future_salt',
      valid_since: Math.floor(((period + index) * half) / 1000),
      valid_until: Math.floor(((period + index + 2) * half) / 1000),
      salt: this.#ofPeriod(period + index),
    }));
  }

  #at(nowMs: number): { period: number; salt: bigint; previous: bigint } {
    const period = Math.floor(nowMs / (this.#lifetimeMs / 2));
    if (this.#current?.period !== period) {
      this.#current = { period, salt: this.#ofPeriod(period), previous: this.#ofPeriod(period - 1) };
    }
    return this.#current;
  }

  #ofPeriod(period: number): bigint {
    return createHmac('sha256', this.#authKey)
      .update(`salt ${this.#lifetimeMs} ${period}`)
      .digest()
      .readBigInt64LE(0);
  }
}
