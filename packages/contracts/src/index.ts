export {
  accountStateSchema,
  accountViewSchema,
  holdSchema,
  isSignedIn,
  UNKNOWN_ACCOUNT,
  userInfoSchema,
  type AccountState,
  type AccountView,
  type Hold,
  type UserInfo,
} from './account.ts';
export {
  accountRequestSchema,
  authStartRequestSchema,
  authVerifyRequestSchema,
  codeSentSchema,
  disconnectRequestSchema,
  type CodeDelivery,
  type CodeSent,
  type VerifyResult,
} from './auth.ts';
export { ERROR_CODES, isErrorCode, type ErrorCode, type ErrorKind, type ErrorStatus } from './error-codes.ts';
export {
  GatewayError,
  type GatewayErrorDetails,
  type PublicError,
  type ValidationIssue,
} from './gateway-error.ts';
export {
  CONTROL_JOBS,
  controlJobSchema,
  isControlJobName,
  jobViewSchema,
  sendJobSchema,
  type ControlJob,
  type ControlJobName,
  type ControlPayload,
  type ControlResult,
  type JobState,
  type JobView,
  type SendJob,
} from './jobs.ts';
export { peerSchema, type Peer, type PeerBook } from './peers.ts';
export { parseRecipient, type Recipient } from './recipient.ts';
export {
  MAX_MESSAGE_LENGTH,
  sendRequestSchema,
  sendResultSchema,
  type SendRequest,
  type SendResult,
} from './send.ts';
export { userIdSchema } from './user-id.ts';
