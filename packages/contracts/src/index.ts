export {
  accountStateSchema,
  accountViewSchema,
  EXPORTED,
  holdSchema,
  isSignedIn,
  isStopped,
  needsAttention,
  PAUSED,
  PEERS_UNREADABLE,
  SESSION_UNREADABLE,
  UNKNOWN_ACCOUNT,
  userInfoSchema,
  type AccountState,
  type AccountView,
  type Hold,
  type HoldNotice,
  type UserInfo,
} from './account.ts';
export {
  holdReasonOf,
  isFloodReason,
  isPaceReason,
  isTurnReason,
  type HoldReason,
} from './errors/hold-reason.ts';
export {
  accountRequestSchema,
  authQrRequestSchema,
  authStartRequestSchema,
  authVerifyRequestSchema,
  disconnectRequestSchema,
  paceRequestSchema,
  proxyRequestSchema,
  qrCodeSchema,
  qrResultSchema,
  verifyResultSchema,
  type QrResult,
  type VerifyResult,
} from './auth.ts';
export { codeDetailsSchema, codeSentSchema, type CodeDelivery, type CodeSent } from './code-sent.ts';
export { type PendingSignIn } from './pending-sign-in.ts';
export { entitySchema, type Entity, type FormattedText } from './text/entities.ts';
export {
  ERROR_CODES,
  isErrorCode,
  type ErrorCode,
  type ErrorKind,
  type ErrorStatus,
} from './errors/error-codes.ts';
export {
  GatewayError,
  type GatewayErrorDetails,
  type PublicError,
  type ValidationIssue,
} from './errors/gateway-error.ts';
export {
  CONTROL_JOBS,
  controlJobSchema,
  isControlJobName,
  isReadJobName,
  jobViewSchema,
  type ControlJob,
  type ControlJobName,
  type ControlPayload,
  type ControlResult,
  type JobState,
  type JobView,
  type ReadJobName,
} from './jobs.ts';
export { readPosition, writePosition, type ChatPosition } from './reading/chat-position.ts';
export { fileRequestSchema, type ReadFile, type ThumbnailSize } from './reading/files.ts';
export {
  chatListResponseSchema,
  contactListResponseSchema,
  messageListResponseSchema,
  phonesResponseSchema,
  resolveResponseSchema,
  type Contact,
  type PhoneRegistration,
  type ResolvedChat,
} from './reading/reads.ts';
export {
  chatListRequestSchema,
  contactListRequestSchema,
  messageListRequestSchema,
  phonesRequestSchema,
  resolveRequestSchema,
} from './reading/requests.ts';
export {
  type ReadMessage,
  type Sender,
  type ShownButton,
  type ShownChat,
  type ShownEntity,
  type ShownMedia,
  type TelegramMessage,
} from './reading/telegram-message.ts';
export {
  accountIntervalMs,
  describePace,
  nextUtcDay,
  paceRulesOf,
  strangersLeft,
  tokensAt,
  utcDay,
  type Bucket,
  type PaceChoice,
  type PaceRules,
  type PaceSettings,
  type PaceState,
} from './pace.ts';
export {
  messageStreamRequestSchema,
  textOf,
  type ChatMessage,
  type MessageStreamRequest,
} from './message-stream.ts';
export {
  accountChangeSchema,
  accountListRequestSchema,
  accountPlaceSchema,
  accountListResponseSchema,
  failureListRequestSchema,
  failureListResponseSchema,
  historyRequestSchema,
  historyResponseSchema,
  previewRequestSchema,
  previewResponseSchema,
  sendListRequestSchema,
  sendListResponseSchema,
  accountSortSchema,
  type AccountSort,
  type AccountSummary,
  type HistoryPoint,
  type SendSummary,
} from './listings.ts';
export {
  cleanFileName,
  ALBUM_KINDS,
  FILE_PART_BYTES,
  fileNameSchema,
  MAX_ALBUM,
  MAX_CAPTION_LENGTH,
  MEDIA_TYPES,
  mimeTypeSchema,
  isUploadId,
  readUploadId,
  uploadIdSchema,
  uploadIdOf,
  uploadRequestSchema,
  uploadResponseSchema,
  type MediaType,
} from './media.ts';
export { parseLoginCode, type LoginCode } from './login-code.ts';
export { peerSchema, type Miss, type Peer, type PeerBook } from './peers.ts';
export { phoneNumberSchema } from './recipients/phone-number.ts';
export { parseRecipient } from './recipients/recipient.ts';
export { needs, rule } from './documented.ts';
export { recipientText, type Recipient } from './recipients/recipient-forms.ts';
export { nullableFieldsOf, requestBody, requestBodyWithOneOf, type RequestBody } from './request-body.ts';
export {
  accountStateResponseSchema,
  batchCheckResponseSchema,
  batchResponseSchema,
  codeSentResponseSchema,
  doneResponseSchema,
  errorResponseSchema,
  healthResponseSchema,
  jobResponseSchema,
  paceResponseSchema,
  proxyResponseSchema,
  queuedResponseSchema,
  endedResponseSchema,
  accountStandingSchema,
  statusResponseSchema,
  qrResponseSchema,
  signedInSchema,
  verifyResponseSchema,
  type CheckedItem,
} from './responses.ts';
export {
  EVENT_TYPES,
  eventSchema,
  GAP_REASONS,
  typingEventSchema,
  eventFieldsSchema,
  type EventDraft,
  type EventType,
  type GapReason,
  type GatewayEvent,
  type LiveEvent,
  type ShownReaction,
  type StreamedEvent,
  type TypingEvent,
} from './receiving/events.ts';
export {
  eventFilterSchema,
  filtersChats,
  passesChat,
  passesFilter,
  type EventFilter,
} from './receiving/filter.ts';
export {
  receiveRequestSchema,
  receivingSchema,
  seqInQuery,
  updatesRequestSchema,
  updatesResponseSchema,
  type Receiving,
} from './receiving/requests.ts';
export {
  repliesOnlyChoiceSchema,
  repliesOnlySchema,
  whoMustHaveWritten,
  type RepliesOnly,
  type RepliesOnlyChoice,
} from './receiving/replies-only.ts';
export {
  webhookCreatedResponseSchema,
  webhookDeletedResponseSchema,
  webhookListResponseSchema,
  webhookRequestSchema,
  webhookResponseSchema,
  webhookTestResponseSchema,
  type WebhookError,
  type WebhookRequest,
  type WebhookView,
} from './receiving/webhooks.ts';
export { exportRequestSchema, exportResponseSchema, importRequestSchema } from './session-transfer.ts';
export { EMPTY_SEND_STATE, sendStateSchema, type SendState } from './send-state.ts';
export {
  addressSchema,
  jobIdField,
  MAX_MESSAGE_LENGTH,
  MAX_TEXT_ENTITIES,
  MAX_TEXT_LENGTH,
  messageFields,
  messageIdField,
  messageIdsField,
  shortTextField,
  httpUrlSchema,
  idempotencyKeySchema,
} from './message-fields.ts';
export { pageSchema } from './page.ts';
export { chatTargetSchema } from './recipients/chat-target.ts';
export { inviteHash } from './recipients/invites.ts';
export { recipientIdSchema } from './recipients/recipient.ts';
export {
  fileProgressSchema,
  resultOf,
  sentMediaSchema,
  sendProgressSchema,
  sendResultSchema,
  type FileProgress,
  type SendProgress,
  type SendResult,
  type SentMessage,
  type StoredFile,
} from './send-result.ts';
export { MAX_TYPING_MS, typingRequestSchema, typingResponseSchema, type TypingAction } from './typing.ts';
export { captionCutsOf, cutsOf, partsOf } from './text/split-text.ts';
export { cleanSource, cleanText, isInvisible, normalizeFormatted, sameTextAs } from './text/telegram-text.ts';
export {
  webhookDeliverySchema,
  webhookJobSchema,
  type AccountEvent,
  type WebhookAttempt,
  type WebhookDelivery,
  type WebhookJob,
} from './webhook.ts';
export { userIdSchema } from './recipients/user-id.ts';
export { deviceSchema, networkChangeSchema, type AccountDevice, type NetworkChange } from './network.ts';
export { parseProxy, shownProxy, type MtProxy, type ProxyServer, type TunnelProxy } from './proxy.ts';
