import type { AliceAndBob } from '../../env/use-stack.ts';

export const CAROL = '+9996627153';
export const DAVE = '+9996627154';
export const BOT = 'bot.4000000151';

/** What the tests of receiving do over and over: bob writes to alice, who receives. */
export function receivingTools(product: () => AliceAndBob) {
  const receive = (options: object, user_id = 'alice') =>
    product().stack.api.post('/telegram/user/receive', { user_id, ...options });
  const write = (text: string, to: number | string = product().alice) =>
    product().stack.control.write({ from: product().bob, to, text });

  /** All events of the account after a number. */
  // oxlint-disable-next-line typescript/no-explicit-any
  async function events(after: number, account = 'alice'): Promise<any[]> {
    const path = `/telegram/accounts/${account}/updates?after=${after}`;
    const { status, body } = await product().stack.api.get(path);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body.events;
  }
  const texts = async (after: number) =>
    (await events(after)).flatMap(({ type, message }) => (type === 'message.new' ? [message.text] : []));
  const lastSeq = async (): Promise<number> =>
    (await product().stack.api.status('alice')).body.receiving.last_seq;
  return { receive, write, events, texts, lastSeq };
}
