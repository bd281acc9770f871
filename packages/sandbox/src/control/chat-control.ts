import type { Telegram } from '../rpc/telegram.ts';
import { createAutoBot, pressView, type PressView } from './bots.ts';
import {
  answerJoinRequest,
  chatDetails,
  createChat,
  createTopic,
  newChatView,
  type ChatDetails,
} from './chats.ts';
import type {
  AutoBotRequest,
  JoinAnswerRequest,
  NewChatRequest,
  TopicRequest,
} from './http/chat-requests.ts';
import { accountView, type AccountView, type NewChatView } from './views.ts';

/** The chats and automatic bots of the sandbox. Every method throws {@link ControlError}. */
export class Chats {
  readonly #telegram: Telegram;

  constructor(telegram: Telegram) {
    this.#telegram = telegram;
  }

  create(request: NewChatRequest): NewChatView {
    return newChatView(this.#telegram, createChat(this.#telegram, request));
  }

  details(ref: number | string): ChatDetails {
    return chatDetails(this.#telegram, ref);
  }

  /** @returns the topic's id. */
  createTopic(request: TopicRequest): number {
    return createTopic(this.#telegram, request);
  }

  answerJoinRequest(request: JoinAnswerRequest): void {
    answerJoinRequest(this.#telegram, request);
  }

  /** A bot that the sandbox answers for. */
  createBot(request: AutoBotRequest): AccountView {
    return accountView(createAutoBot(this.#telegram, request));
  }

  /** Every pressed button, oldest first. */
  presses(): PressView[] {
    return this.#telegram.store.state.presses.map(pressView);
  }
}
