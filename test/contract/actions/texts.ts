import { BOB, type AliceAndBob } from '../../env/use-stack.ts';

/** Sends alice's texts, which other actions then change, and finds what became of them. */
export function textsOf(product: () => AliceAndBob) {
  return {
    /** @returns the id of the message. */
    send: async (text: string, recipient_id = BOB, more: object = {}): Promise<number> => {
      const { api } = product().stack;
      const sent = await api.post('/telegram/user/send', { user_id: 'alice', recipient_id, text, ...more });
      return Number(sent.body.message_id);
    },
    /** @param to the id of the chat; by default that of bob. */
    shown: async (id: number, to = product().bob) => {
      const { stack, alice } = product();
      return (await stack.control.messages({ from: alice, to })).find((message) => message.id === id);
    },
  };
}
