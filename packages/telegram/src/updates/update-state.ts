import type { Api } from 'telegram/tl/index.js';

/** A channel's place: up to which pts its updates are known, and its greatest message id known; 0: none. */
export interface ChannelPlace {
  pts: number;
  lastId: number;
}

/** A channel that the account's filter leaves out. */
const LEFT_OUT = 'left_out';
type Channel = ChannelPlace | typeof LEFT_OUT;

const CHANNEL = 'channel:';
const FIELDS = ['pts', 'qts', 'date', 'seq'] as const;
type Field = (typeof FIELDS)[number];

/** What changes in the stored fields. */
export interface StateChange {
  set: Record<string, string>;
  remove: string[];
}

/**
 * The place in Telegram's updates up to which an account knows everything. It is stored as fields of text: `pts`,
 * `qts`, `date`, `seq`, and a `channel:<id>` for each channel.
 */
export class UpdateState {
  readonly #account: Record<Field, number>;
  readonly #channels = new Map<string, Channel>();
  readonly #changed = new Set<string>();

  private constructor(account: Record<Field, number>) {
    this.#account = account;
  }

  /** The place of a new account. */
  static of({ pts, qts, date, seq }: Api.updates.State): UpdateState {
    const state = new UpdateState({ pts, qts, date, seq });
    for (const field of FIELDS) state.#changed.add(field);
    return state;
  }

  static read(stored: Readonly<Record<string, string>>): UpdateState {
    const numberOf = (field: string) => Number(stored[field] ?? 0);
    const [pts, qts, date, seq] = FIELDS.map(numberOf) as [number, number, number, number];
    const state = new UpdateState({ pts, qts, date, seq });
    for (const [field, text] of Object.entries(stored))
      if (field.startsWith(CHANNEL)) state.#channels.set(field.slice(CHANNEL.length), readChannel(text));
    return state;
  }

  get(field: Field): number {
    return this.#account[field];
  }

  set(values: Partial<Record<Field, number>>): void {
    for (const field of FIELDS) {
      const value = values[field];
      if (value === undefined || value === this.#account[field]) continue;
      this.#account[field] = value;
      this.#changed.add(field);
    }
  }

  /** `undefined`: the channel is not known, or left out. */
  channel(id: string): Readonly<ChannelPlace> | undefined {
    const channel = this.#channels.get(id);
    return channel === LEFT_OUT ? undefined : channel;
  }

  isLeftOut(id: string): boolean {
    return this.#channels.get(id) === LEFT_OUT;
  }

  /** The channels that are followed. */
  get channels(): [id: string, place: ChannelPlace][] {
    return [...this.#channels].flatMap(([id, channel]) => (channel === LEFT_OUT ? [] : [[id, channel]]));
  }

  setChannel(id: string, place: ChannelPlace): void {
    const before = this.channel(id);
    if (before?.pts === place.pts && before.lastId === place.lastId) return;
    this.#channels.set(id, place);
    this.#changed.add(CHANNEL + id);
  }

  leaveOut(id: string): void {
    if (this.isLeftOut(id)) return;
    this.#channels.set(id, LEFT_OUT);
    this.#changed.add(CHANNEL + id);
  }

  dropChannel(id: string): void {
    if (this.#channels.delete(id)) this.#changed.add(CHANNEL + id);
  }

  /** The fields that changed since the last call; `null`: none. */
  takeChange(): StateChange | null {
    if (this.#changed.size === 0) return null;
    const change: StateChange = { set: {}, remove: [] };
    for (const field of this.#changed) {
      const text = this.#textOf(field);
      if (text === undefined) change.remove.push(field);
      else change.set[field] = text;
    }
    this.#changed.clear();
    return change;
  }

  #textOf(field: string): string | undefined {
    if (!field.startsWith(CHANNEL)) return String(this.#account[field as Field]);
    const channel = this.#channels.get(field.slice(CHANNEL.length));
    return typeof channel === 'object' ? `${channel.pts} ${channel.lastId}` : channel;
  }
}

/** Whether a stored place names where the account is. */
export function isWholePlace(stored: Readonly<Record<string, string>>): boolean {
  return FIELDS.every((field) => stored[field] !== undefined);
}

function readChannel(text: string): Channel {
  if (text === LEFT_OUT) return LEFT_OUT;
  const [pts = 0, lastId = 0] = text.split(' ').map(Number);
  return { pts, lastId };
}
