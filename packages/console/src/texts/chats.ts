/** Texts of the chats of an account. */
export const CHAT_TEXTS = {
  unread: (count: number) => `${count} unread`,
  markRead: 'Mark as read',
  receivingOff: 'This account does not receive yet, so what is new appears after some seconds.',
  receive: 'Receive at once',
  sent: 'Sent',
  read: 'Read',
  scheduled: 'Scheduled',
  cancel: 'Cancel',
  retry: 'Try again',
} as const;
