import type { Message } from '@mtcute/node';
import type { ApiAnswer } from '../../env/api-client.ts';
import { expectDocumented, type Document } from '../../env/documented.ts';
import { otherClient } from '../../env/other-client.ts';
import { BOB, type AliceAndBob } from '../../env/use-stack.ts';

const SEND = '/telegram/user/send';

/** What the tests of sends share: alice sends to bob, and to a forum in which both are. */
export class Sender {
  readonly #product: AliceAndBob;
  readonly #document: Document;
  /** The forum's id as a recipient, and one of its topics. */
  readonly forum: string;
  readonly topic: number;

  private constructor(product: AliceAndBob, document: Document, forum: string, topic: number) {
    this.#product = product;
    this.#document = document;
    this.forum = forum;
    this.topic = topic;
  }

  static async in(product: AliceAndBob): Promise<Sender> {
    const { stack, alice, bob } = product;
    const { body: document } = await stack.api.get('/openapi.json');
    const chat = { type: 'supergroup', title: 'A forum', members: [bob, alice], forum: true };
    const { id } = await stack.control.newChat(chat);
    return new Sender(product, document, id, await stack.control.createTopic(id, 'News'));
  }

  /** Sends to bob, unless the fields say otherwise, and checks the answer against the OpenAPI document. */
  async send(fields: object, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const request = { user_id: 'alice', recipient_id: BOB, ...fields };
    const answer = await this.#product.stack.api.post(SEND, request, headers);
    expectDocumented(this.#document, `post ${SEND}`, answer.status, answer);
    return answer;
  }

  async sendToForum(fields: object): Promise<ApiAnswer> {
    return this.send({ recipient_id: this.forum, ...fields });
  }

  /** A message of alice as Telegram has it. @param to the id of its chat; bob's by default. */
  async sent(id: unknown, to = this.#product.bob) {
    const messages = await this.#product.stack.control.messages({ from: this.#product.alice, to });
    return messages.find((message) => message.id === id);
  }

  /** Messages that bob's other client receives from now on. It shares no code with the gateway. */
  async received(): Promise<Message[]> {
    const { client } = await otherClient(this.#product.stack, BOB);
    const messages: Message[] = [];
    client.onNewMessage.add((message: Message) => void messages.push(message));
    return messages;
  }
}
