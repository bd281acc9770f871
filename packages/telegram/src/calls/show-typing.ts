import type { Recipient, TypingAction } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../caller.ts';
import type { Recipients } from '../peers/recipients.ts';
import { topMsgId } from './reply-to.ts';
import { withRecipient } from './with-recipient.ts';

export interface Typing {
  recipient: Recipient;
  action: TypingAction;
  /** The topic of a forum. */
  topicId?: number | undefined;
  /** When the caller requested it, ms since the epoch. */
  askedAt?: number | undefined;
}

/** Shows the chat that the account is typing, or does something else. It fades after 5 to 6 s. */
export async function showTyping(caller: Caller, recipients: Recipients, typing: Typing): Promise<void> {
  const topic = topMsgId(typing.topicId);
  await withRecipient(recipients, typing, ({ input: peer }) =>
    caller.act(
      new Api.messages.SetTyping({
        peer,
        action: ACTIONS[typing.action](),
        ...(topic !== undefined && { topMsgId: topic }),
      }),
    ),
  );
}

const progress = 0;
const ACTIONS: Readonly<Record<TypingAction, () => Api.TypeSendMessageAction>> = {
  typing: () => new Api.SendMessageTypingAction(),
  cancel: () => new Api.SendMessageCancelAction(),
  upload_photo: () => new Api.SendMessageUploadPhotoAction({ progress }),
  record_video: () => new Api.SendMessageRecordVideoAction(),
  upload_video: () => new Api.SendMessageUploadVideoAction({ progress }),
  record_voice: () => new Api.SendMessageRecordAudioAction(),
  upload_voice: () => new Api.SendMessageUploadAudioAction({ progress }),
  upload_document: () => new Api.SendMessageUploadDocumentAction({ progress }),
  choose_sticker: () => new Api.SendMessageChooseStickerAction(),
  find_location: () => new Api.SendMessageGeoLocationAction(),
  record_video_note: () => new Api.SendMessageRecordRoundAction(),
  upload_video_note: () => new Api.SendMessageUploadRoundAction({ progress }),
};
