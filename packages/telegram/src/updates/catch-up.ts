import type { ShownChat } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { rpcNameOf } from '../errors/errors.ts';
import { TelegramFailure } from '../errors/telegram-failure.ts';
import type { Recipients } from '../peers/recipients.ts';
import { chatIdOf, Companions, peerOf } from '../shown/shown-chat.ts';
import { arrivalsOfDifference, type Arrival } from './arrivals.ts';
import { ChannelHistory } from './channel-history.ts';
import type { Told } from './content.ts';
import type { People } from './people.ts';
import type { UpdateTracker } from './tracker.ts';
import type { UpdateState } from './update-state.ts';

/** Changes of a channel in one answer. Telegram allows users 10 to 100. */
const CHANNEL_LIMIT = 100;

/** Called with each answer about missed updates: those of the account, or of a channel. */
export type DifferenceListener = (
  of: 'account' | 'channel',
  outcome: 'changes' | 'empty' | 'too_long',
) => void;

export interface CatchUpOptions {
  /** Each call takes a turn of its own. */
  asker: Asker;
  recipients: Recipients;
  ownId: string;
  state: UpdateState;
  people: People;
  wantsChat: (chat: ShownChat) => boolean;
  /** Tells what came, and stores the state with it; `stateToo: false`: the state belongs to what follows. */
  tell: (arrivals: readonly (Arrival | Told)[], options?: { stateToo?: boolean }) => Promise<void>;
  onDifference?: DifferenceListener;
  /** The account knew all its channels then, seconds since the epoch. */
  knownUntil: () => number;
  now: () => number;
}

/** Fetches what an account has missed: its difference, and those of its channels. */
export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #tracker: UpdateTracker;
  readonly #history: ChannelHistory;

  constructor(options: CatchUpOptions, tracker: UpdateTracker) {
    this.#options = options;
    this.#tracker = tracker;
    this.#history = new ChannelHistory(options);
  }

  /** Fetches the account's difference. @throws {TelegramFailure} */
  async account(): Promise<void> {
    const { state, tell, onDifference, now } = this.#options;
    for (;;) {
      const place = { pts: state.get('pts'), qts: state.get('qts'), date: state.get('date') };
      const answer = await this.#ask(new Api.updates.GetDifference(place));
      onDifference?.('account', outcomeOf(answer));
      if (answer === undefined) return this.#startAnew();
      if (answer instanceof Api.updates.DifferenceEmpty) {
        const { date, seq } = answer;
        return tell(this.#tracker.jump({ ...place, date, seq }, now()));
      }
      if (answer instanceof Api.updates.DifferenceTooLong) {
        const reached = { ...place, pts: answer.pts, seq: state.get('seq') };
        const following = this.#tracker.jump(reached, now());
        await tell([gap(null, 'too_long'), ...following]);
        continue;
      }
      this.#remember(answer);
      const isLast = answer instanceof Api.updates.Difference;
      const told = arrivalsOfDifference(answer, null).flatMap((arrival) =>
        arrival.channelId === null ? [arrival] : this.#tracker.accept(arrival, now()),
      );
      const reached = isLast ? answer.state : answer.intermediateState;
      const { pts, qts, date, seq } = reached;
      await tell([...told, ...this.#tracker.jump({ pts, qts, date, seq }, now())]);
      if (isLast) return;
    }
  }

  /** Fetches a channel's difference, or its place if it was joined just now. @throws {TelegramFailure} */
  async channel(id: string): Promise<void> {
    const { state, tell, onDifference, now } = this.#options;
    if (this.#tracker.isNew(id)) return this.#accessible(id, () => this.#begin(id));
    for (let place = state.channel(id); place !== undefined; place = state.channel(id)) {
      const channel = this.#inputChannel(id);
      if (channel === undefined) return this.#lose(id);
      const filter = new Api.ChannelMessagesFilterEmpty();
      const { pts } = place;
      let answer: Api.updates.TypeChannelDifference | undefined;
      try {
        answer = await this.#ask(
          new Api.updates.GetChannelDifference({ channel, filter, pts, limit: CHANNEL_LIMIT }),
        );
      } catch (error) {
        if (!isRefused(error)) throw error;
        return this.#lose(id);
      }
      onDifference?.('channel', outcomeOf(answer));
      if (answer === undefined) return this.#refill(id, await this.#placeOf(channel));
      if (answer instanceof Api.updates.ChannelDifferenceEmpty) {
        await tell(this.#tracker.jumpChannel(id, { pts: answer.pts }, now()));
      } else {
        this.#remember(answer);
        if (answer instanceof Api.updates.ChannelDifferenceTooLong) {
          const { dialog } = answer;
          await this.#refill(id, dialog instanceof Api.Dialog ? dialog : undefined);
        } else {
          const told = arrivalsOfDifference(answer, id);
          const lastId = Math.max(0, ...answer.newMessages.map((message) => message.id));
          await tell([...told, ...this.#tracker.jumpChannel(id, { pts: answer.pts, lastId }, now())]);
        }
      }
      if (answer.final === true) return;
    }
  }

  /** The account has joined the channel just now, and updates of it may be lost. */
  async #begin(id: string): Promise<void> {
    const { people, knownUntil } = this.#options;
    const channel = this.#inputChannel(id);
    const dialog = channel && (await this.#placeOf(channel));
    const since = Math.max(knownUntil(), joinedAt(people.chat(chatIdOf(peerOf({ kind: 'channel', id })))));
    if (dialog !== undefined) return this.follow(id, dialog, since);
    const first = this.#tracker.firstWaiting(id);
    if (first === undefined) return this.#tracker.dropChannel(id);
    await this.follow(id, { pts: ptsBefore(first), topMessage: 0 }, null);
  }

  /**
   * Follows a channel from its place in the chat list on, or from the first of its updates that wait; `since`: with its
   * messages before that from then on, in seconds.
   */
  async follow(id: string, dialog: ChannelDialog, since: number | null): Promise<void> {
    const { tell, now } = this.#options;
    const channel = since === null ? undefined : this.#inputChannel(id);
    const first = this.#tracker.firstWaiting(id);
    const firstId = first?.update instanceof Api.UpdateNewChannelMessage ? first.update.message.id : null;
    if (channel !== undefined && since !== null) {
      for await (const messages of this.#history.since(channel, { after: 0, before: firstId, since }))
        await tell(messages, { stateToo: false });
    }
    const { pts: listed = 0, topMessage } = dialog;
    const place =
      first === undefined || firstId === null
        ? { pts: listed, lastId: topMessage }
        : { pts: Math.min(listed, ptsBefore(first)), lastId: firstId - 1 };
    await tell(this.#tracker.jumpChannel(id, place, now()));
  }

  /** Tells a gap of the channel, and the messages after it that can still be read. */
  async #refill(id: string, dialog: ChannelDialog | undefined): Promise<void> {
    const { state, tell, now } = this.#options;
    const channel = this.#inputChannel(id);
    if (dialog === undefined || channel === undefined) return this.#lose(id);
    const { lastId: after = 0 } = state.channel(id) ?? {};
    const since = after === 0 ? state.get('date') : 0;
    await tell([gap(this.#chat(id), 'channel_too_long')], { stateToo: false });
    for await (const messages of this.#history.since(channel, { after, since }))
      await tell(messages, { stateToo: false });
    await tell(this.#tracker.jumpChannel(id, { pts: dialog.pts ?? 0, lastId: dialog.topMessage }, now()));
  }

  /** Loses the channel if Telegram says that the account cannot read it. */
  async #accessible(id: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isRefused(error)) throw error;
      await this.#lose(id);
    }
  }

  /** The account cannot read the channel any more: what it has missed there is not told. */
  async #lose(id: string): Promise<void> {
    const chat = this.#chat(id);
    this.#tracker.dropChannel(id);
    await this.#options.tell([gap(chat, 'not_accessible')]);
  }

  /** Telegram does not know the account's place any more. */
  async #startAnew(): Promise<void> {
    const { asker, tell, now } = this.#options;
    const state = await asker.ask(new Api.updates.GetState());
    await tell([gap(null, 'too_long'), ...this.#tracker.jump(state, now())]);
  }

  async #placeOf(channel: Api.InputChannel): Promise<ChannelDialog | undefined> {
    const peer = new Api.InputDialogPeer({ peer: new Api.InputPeerChannel(channel) });
    const answer = await this.#options.asker.ask(new Api.messages.GetPeerDialogs({ peers: [peer] }));
    this.#remember(answer);
    return answer.dialogs.find((dialog) => dialog instanceof Api.Dialog);
  }

  /** `undefined`: Telegram does not know the place that the request names. */
  async #ask<R extends Api.AnyRequest>(request: R): Promise<R['__response'] | undefined> {
    try {
      return await this.#options.asker.ask(request);
    } catch (error) {
      if (!UNKNOWN_PLACE.has(rpcNameOf(error) ?? '')) throw error;
      return undefined;
    }
  }

  #remember(answer: { users: Api.TypeUser[]; chats: Api.TypeChat[] }): void {
    this.#options.recipients.remember(answer);
    this.#options.people.remember(answer);
  }

  #inputChannel(id: string): Api.InputChannel | undefined {
    const accessHash = this.#options.recipients.byId('channel', id)?.accessHash ?? null;
    if (accessHash === null) return undefined;
    return new Api.InputChannel({ channelId: bigInt(id), accessHash: bigInt(accessHash) });
  }

  #chat(id: string): ShownChat {
    const nobody = { users: [], chats: [] };
    return new Companions(nobody, this.#options.people).chat(peerOf({ kind: 'channel', id }));
  }
}

/** A channel's entry in the chat list. */
export type ChannelDialog = Pick<Api.Dialog, 'pts' | 'topMessage'>;

/** When the account joined the channel, seconds since the epoch; 0: not told. */
export function joinedAt(chat: Api.TypeChat | undefined): number {
  return chat instanceof Api.Channel ? chat.date : 0;
}

function ptsBefore({ pts, count }: Arrival): number {
  return (pts ?? 0) - count;
}

const UNKNOWN_PLACE = new Set(['PERSISTENT_TIMESTAMP_INVALID', 'PERSISTENT_TIMESTAMP_EMPTY']);
function outcomeOf(
  answer: Api.updates.TypeDifference | Api.updates.TypeChannelDifference | undefined,
): Parameters<DifferenceListener>[1] {
  if (answer === undefined || answer.className.endsWith('TooLong')) return 'too_long';
  return answer.className.endsWith('Empty') ? 'empty' : 'changes';
}

/** Whether Telegram has refused a call about a channel for good: it must not keep the account from all others. */
function isRefused(error: unknown): boolean {
  const isAnswer = rpcNameOf(error) !== undefined;
  return isAnswer && error instanceof TelegramFailure && error.failure.outcome === 'fail';
}

function gap(chat: ShownChat | null, reason: Extract<Told, { type: 'updates.gap' }>['reason']): Told {
  return { type: 'updates.gap', at: null, caught_up: true, chat, reason };
}
