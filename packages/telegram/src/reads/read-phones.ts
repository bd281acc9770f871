import type { Recipient } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { TelegramFailure } from '../errors/telegram-failure.ts';
import type { Recipients } from '../peers/recipients.ts';

export interface PhoneQuery {
  /** E.164 with the plus. */
  phones: readonly string[];
  /** Called before each look-up. Throws if the account may make no more. */
  countLookUp: () => Promise<void>;
  /** When the caller requested it, ms since the epoch. */
  askedAt: number;
}

interface Registration {
  phone_number: string;
  /** `null`: Telegram does not tell. A person may hide their number, so nobody found proves nothing. */
  registered: true | null;
  id: string | null;
}

/** Tells for each phone number who has it, as far as Telegram says. */
export async function readPhones(
  asker: Asker,
  recipients: Recipients,
  { phones, countLookUp, askedAt }: PhoneQuery,
): Promise<{ phones: Registration[] }> {
  const counting: Asker = {
    async ask(request) {
      if (request instanceof Api.contacts.ResolvePhone) await countLookUp();
      return asker.ask(request);
    },
  };
  const found: Registration[] = [];
  for (const phone of phones) {
    const id = await idOf(recipients.asking(counting), { kind: 'phone', phone }, askedAt);
    found.push({ phone_number: phone, registered: id === null ? null : true, id });
  }
  return { phones: found };
}

async function idOf(recipients: Recipients, recipient: Recipient, askedAt: number): Promise<string | null> {
  try {
    const { peer } = await recipients.resolve(recipient, askedAt);
    return peer?.id ?? null;
  } catch (error) {
    if (error instanceof TelegramFailure && error.error.code === 'RECIPIENT_NOT_FOUND') return null;
    throw error;
  }
}
