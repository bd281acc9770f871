import type { TlValue } from '../../types.ts';
import type { Request, UserRequest } from '../telegram.ts';
import {
  exportAuthorization,
  getAuthorizations,
  importAuthorization,
  logOut,
  resetAuthorization,
  resetAuthorizations,
} from './authorizations.ts';
import { addChatUser, inviteToChannel } from './chats/add-members.ts';
import { getDialogs, getPeerDialogs, getPinnedDialogs } from './chats/dialogs.ts';
import { editChannelAdmin, editChatAdmin } from './chats/edit-admin.ts';
import { editBanned } from './chats/edit-banned.ts';
import { editTitle } from './chats/edit-title.ts';
import { checkChatInvite, importChatInvite, joinChannel } from './chats/join-chat.ts';
import { hideChatJoinRequest } from './chats/join-requests.ts';
import { deleteChatUser, leaveChannel } from './chats/leave-chat.ts';
import { addContact, getContacts, importContacts, resolvePhone, resolveUsername } from './contacts.ts';
import { getFile } from './files/get-file.ts';
import { saveBigFilePart, saveFilePart } from './files/save-file-part.ts';
import { getAppConfig, getCdnConfig, getConfig, getNearestDc, getTermsOfServiceUpdate } from './help.ts';
import { deleteChannelMessages, deleteMessages } from './messages/delete-messages.ts';
import { editMessage } from './messages/edit-message.ts';
import { forwardMessages } from './messages/forward-messages.ts';
import { getChannelMessages, getHistory, getMessages } from './messages/history.ts';
import { unpinAllMessages, updatePinnedMessage } from './messages/pin-message.ts';
import { getBotCallbackAnswer } from './messages/press-button.ts';
import { readChannelHistory, readHistory } from './messages/read-history.ts';
import { getReplies, search } from './messages/search.ts';
import { sendMedia } from './messages/send-media.ts';
import { sendMessage } from './messages/send-message.ts';
import { sendMultiMedia } from './messages/send-multi-media.ts';
import { sendReaction } from './messages/send-reaction.ts';
import { setTyping } from './messages/set-typing.ts';
import { uploadMedia } from './messages/upload-media.ts';
import { checkPassword, getPassword } from './sign-in/password.ts';
import { importBotAuthorization } from './sign-in/sign-in-by-bot-token.ts';
import { cancelCode, resendCode, sendCode, signInByCode } from './sign-in/sign-in-by-code.ts';
import { acceptLoginToken, exportLoginToken, importLoginToken } from './sign-in/sign-in-by-token.ts';
import { getChannelDifference, getDifference, getState } from './updates.ts';
import { getChannels, getChats, getFullUser, getUsers } from './users.ts';

/** Methods that a client may call before it is signed in. */
export const OPEN_METHODS: ReadonlyMap<string, (request: Request) => TlValue> = new Map(
  Object.entries({
    'help.getConfig': getConfig,
    'help.getNearestDc': getNearestDc,
    'help.getAppConfig': getAppConfig,
    'help.getCdnConfig': getCdnConfig,
    'help.getTermsOfServiceUpdate': getTermsOfServiceUpdate,
    'auth.sendCode': sendCode,
    'auth.resendCode': resendCode,
    'auth.cancelCode': cancelCode,
    'auth.signIn': signInByCode,
    'auth.exportLoginToken': exportLoginToken,
    'auth.importLoginToken': importLoginToken,
    'auth.importAuthorization': importAuthorization,
    'auth.importBotAuthorization': importBotAuthorization,
  }),
);

/** Methods that a client may also call between the first sign-in step and the password. */
export const PASSWORD_METHODS: ReadonlyMap<string, (request: UserRequest) => TlValue> = new Map(
  Object.entries({
    'account.getPassword': getPassword,
    'auth.checkPassword': checkPassword,
    'auth.logOut': logOut,
  }),
);

/** Methods that every data centre answers, for a client that imported its authorization there. */
export const ANYWHERE_METHODS: ReadonlyMap<string, (request: UserRequest) => TlValue> = new Map(
  Object.entries({
    'account.updateStatus': () => true,
    'upload.getFile': getFile,
    'users.getUsers': getUsers,
  }),
);

/** Methods that bots may not call. */
export const NOT_FOR_BOTS: ReadonlySet<string> = new Set([
  'account.getPassword',
  'auth.acceptLoginToken',
  'channels.inviteToChannel',
  'channels.joinChannel',
  'channels.readHistory',
  'contacts.addContact',
  'contacts.getContacts',
  'contacts.importContacts',
  'contacts.resolvePhone',
  'messages.addChatUser',
  'messages.checkChatInvite',
  'messages.editChatAdmin',
  'messages.getBotCallbackAnswer',
  'messages.getDialogs',
  'messages.getHistory',
  'messages.getPeerDialogs',
  'messages.getPinnedDialogs',
  'messages.getReplies',
  'messages.importChatInvite',
  'messages.search',
  'messages.readHistory',
]);

/** Methods that only the account's home data centre answers. */
export const HOME_METHODS: ReadonlyMap<string, (request: UserRequest) => TlValue> = new Map(
  Object.entries({
    'account.getAuthorizations': getAuthorizations,
    'account.resetAuthorization': resetAuthorization,
    'auth.acceptLoginToken': acceptLoginToken,
    'auth.exportAuthorization': exportAuthorization,
    'auth.resetAuthorizations': resetAuthorizations,
    'channels.deleteMessages': deleteChannelMessages,
    'channels.editAdmin': editChannelAdmin,
    'channels.editBanned': editBanned,
    'channels.editTitle': editTitle,
    'channels.getChannels': getChannels,
    'channels.getMessages': getChannelMessages,
    'channels.inviteToChannel': inviteToChannel,
    'channels.joinChannel': joinChannel,
    'channels.leaveChannel': leaveChannel,
    'channels.readHistory': readChannelHistory,
    'contacts.addContact': addContact,
    'contacts.getContacts': getContacts,
    'contacts.importContacts': importContacts,
    'contacts.resolvePhone': resolvePhone,
    'contacts.resolveUsername': resolveUsername,
    'messages.addChatUser': addChatUser,
    'messages.checkChatInvite': checkChatInvite,
    'messages.deleteChatUser': deleteChatUser,
    'messages.deleteMessages': deleteMessages,
    'messages.editChatAdmin': editChatAdmin,
    'messages.editChatTitle': editTitle,
    'messages.editMessage': editMessage,
    'messages.forwardMessages': forwardMessages,
    'messages.getBotCallbackAnswer': getBotCallbackAnswer,
    'messages.getChats': getChats,
    'messages.getDialogs': getDialogs,
    'messages.getHistory': getHistory,
    'messages.getMessages': getMessages,
    'messages.getPeerDialogs': getPeerDialogs,
    'messages.getPinnedDialogs': getPinnedDialogs,
    'messages.search': search,
    'messages.sendMedia': sendMedia,
    'messages.sendMessage': sendMessage,
    'messages.sendMultiMedia': sendMultiMedia,
    'messages.getReplies': getReplies,
    'messages.hideChatJoinRequest': hideChatJoinRequest,
    'messages.importChatInvite': importChatInvite,
    'messages.readHistory': readHistory,
    'messages.sendReaction': sendReaction,
    'messages.setTyping': setTyping,
    'messages.unpinAllMessages': unpinAllMessages,
    'messages.uploadMedia': uploadMedia,
    'messages.updatePinnedMessage': updatePinnedMessage,
    'updates.getChannelDifference': getChannelDifference,
    'updates.getDifference': getDifference,
    'updates.getState': getState,
    'upload.saveBigFilePart': saveBigFilePart,
    'upload.saveFilePart': saveFilePart,
    'users.getFullUser': getFullUser,
  }),
);
