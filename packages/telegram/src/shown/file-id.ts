/**
 * The opaque id of a message's file. It names account, chat and message, so that an account can fetch only files of
 * its own messages.
 */
export function fileIdOf(place: { ownId: string; chatId: string; messageId: number }): string {
  const { ownId, chatId, messageId } = place;
  return `f_${Buffer.from(`${ownId}.${chatId}.${messageId}`).toString('base64url')}`;
}
