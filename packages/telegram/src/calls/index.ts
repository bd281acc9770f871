import { joinChat } from './chats/join-chat.ts';
import { leaveChat } from './chats/leave-chat.ts';
import { deleteMessages } from './delete-messages.ts';
import { editMessage } from './edit-message.ts';
import { findRecipient } from './find-recipient.ts';
import { forwardMessages } from './forward-messages.ts';
import { findFile } from './history/find-file.ts';
import { readCaptionLimit } from './media/caption-limit.ts';
import { storeMedia } from './media/store-media.ts';
import { uploadPart } from './media/upload-part.ts';
import { pinMessage, unpinMessage } from './pin-message.ts';
import { pressButton } from './press-button.ts';
import { reactToMessage } from './react-to-message.ts';
import { readChat } from './read-chat.ts';
import { sendAlbum } from './send-album.ts';
import { sendMessage } from './send-message.ts';
import { showTyping } from './show-typing.ts';

/** What the account does at Telegram: for the actions' jobs, by the names of the actions, and others. */
export const CALLS = {
  send: sendMessage,
  'send.album': sendAlbum,
  'message.edit': editMessage,
  'message.delete': deleteMessages,
  'message.forward': forwardMessages,
  'message.react': reactToMessage,
  'message.pin': pinMessage,
  'message.unpin': unpinMessage,
  'message.press': pressButton,
  'chat.read': readChat,
  'chat.join': joinChat,
  'chat.leave': leaveChat,
  'chat.typing': showTyping,
  'caption.limit': readCaptionLimit,
  'file.find': findFile,
  'file.part': uploadPart,
  'file.store': storeMedia,
  'recipient.find': findRecipient,
};

export type CallName = keyof typeof CALLS;
export type CallOptions<N extends CallName> = Parameters<(typeof CALLS)[N]>[2];
export type CallResult<N extends CallName> = Awaited<ReturnType<(typeof CALLS)[N]>>;
