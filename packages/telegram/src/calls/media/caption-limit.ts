import { MAX_CAPTION_LENGTH } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../../caller.ts';
import type { Recipients } from '../../peers/recipients.ts';

/** The longest caption that the account may send, in UTF-16 units. Telegram allows premium accounts more. */
export async function readCaptionLimit(
  caller: Caller,
  { isBot }: Recipients,
  _options: object,
): Promise<number> {
  if (isBot) return MAX_CAPTION_LENGTH;
  const [self] = await caller.ask(new Api.users.GetUsers({ id: [new Api.InputUserSelf()] }));
  const isPremium = self instanceof Api.User && self.premium === true;
  const name = `caption_length_limit_${isPremium ? 'premium' : 'default'}`;
  const answer = await caller.ask(new Api.help.GetAppConfig({ hash: 0 }));
  if (!(answer instanceof Api.help.AppConfig) || !(answer.config instanceof Api.JsonObject))
    return MAX_CAPTION_LENGTH;
  const field = answer.config.value.find(({ key }) => key === name);
  return field?.value instanceof Api.JsonNumber ? field.value.value : MAX_CAPTION_LENGTH;
}
