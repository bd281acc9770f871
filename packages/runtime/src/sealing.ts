import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Length of a master key in bytes. */
export const MASTER_KEY_BYTES = 32;

const VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^v1\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/;

/** Why sealed text cannot be opened. */
export type SealingFailure = 'malformed' | 'unknown_key' | 'tampered';

/** Sealed text cannot be opened. The message names its kind (`session`, `job`) and no secret. */
export class SealingError extends Error {
  override readonly name = 'SealingError';
  readonly failure: SealingFailure;
  /** The part of the context before its first colon. */
  readonly kind: string;

  constructor(failure: SealingFailure, kind: string, detail: string) {
    super(`sealed ${kind} data cannot be opened: ${detail}`);
    this.failure = failure;
    this.kind = kind;
  }
}

/** A master key: its public id and the keys derived from it so far, by kind. */
class MasterKey {
  readonly id: string;
  readonly #bytes: Uint8Array;
  readonly #derived = new Map<string, Uint8Array>();

  constructor(bytes: Uint8Array) {
    if (bytes.length !== MASTER_KEY_BYTES) throw new RangeError(`a master key has ${MASTER_KEY_BYTES} bytes`);
    this.#bytes = Uint8Array.from(bytes);
    this.id = Buffer.from(this.#derive('key id', 4)).toString('hex');
  }

  forKind(kind: string): Uint8Array {
    let key = this.#derived.get(kind);
    if (key === undefined) {
      key = this.#derive(`seal ${kind}`, 32);
      this.#derived.set(kind, key);
    }
    return key;
  }

  #derive(purpose: string, length: number): Uint8Array {
    return new Uint8Array(
      hkdfSync('sha256', this.#bytes, '', `telegram-gateway ${VERSION} ${purpose}`, length),
    );
  }
}

/**
 * Seals text at rest and in Redis: AES-256-GCM with a random IV. The result is `v1.<key id>.<base64url of iv,
 * ciphertext, tag>`.
 *
 * A context such as `session:user123` says what the text is. It is not stored, and text opens only under its own
 * context. Each kind (the part before the first colon) has its own key, derived from the master key, so keep the number
 * of kinds small.
 */
export class Sealer {
  readonly #current: MasterKey;
  readonly #keys: ReadonlyMap<string, MasterKey>;

  /** @param masterKeys 32 bytes each; the first seals, all of them open. */
  constructor(masterKeys: readonly [Uint8Array, ...Uint8Array[]]) {
    const [first, ...others] = masterKeys;
    this.#current = new MasterKey(first);
    this.#keys = new Map(
      [...others.map((bytes) => new MasterKey(bytes)), this.#current].map((key) => [key.id, key]),
    );
  }

  seal(plain: string, context: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.#current.forKind(kindOf(context)), iv, {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(Buffer.from(context));
    const sealed = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${VERSION}.${this.#current.id}.${sealed.toString('base64url')}`;
  }

  /**
   * Returns a name for the text that only the holder of the key can compute: equal texts of one kind have equal names.
   * For keys in Redis, where a plain hash of a phone number could be found by trying all numbers.
   */
  pseudonym(text: string, kind: string): string {
    return createHmac('sha256', this.#current.forKind(kind)).update(text).digest('base64url').slice(0, 32);
  }

  /**
   * @throws {SealingError} if the text is not sealed text, was changed, or was sealed with another key or under another
   * context.
   */
  open(sealed: string, context: string): string {
    const kind = kindOf(context);
    const [, keyId = '', body = ''] = SEALED.exec(sealed) ?? [];
    const bytes = Buffer.from(body, 'base64url');
    if (bytes.length < IV_BYTES + TAG_BYTES)
      throw new SealingError('malformed', kind, 'it is not sealed text, or cut short');
    const key = this.#keys.get(keyId);
    if (key === undefined) {
      const detail = `it was sealed with another key (${keyId}); set SESSION_ENCRYPTION_KEY or SESSION_ENCRYPTION_KEY_PREVIOUS to that key`;
      throw new SealingError('unknown_key', kind, detail);
    }
    const decipher = createDecipheriv(CIPHER, key.forKind(kind), bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const plain = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
      return Buffer.concat(plain).toString('utf8');
    } catch {
      throw new SealingError('tampered', kind, 'it was changed, or belongs to another account or kind');
    }
  }
}

function kindOf(context: string): string {
  const colon = context.indexOf(':');
  return colon < 0 ? context : context.slice(0, colon);
}
