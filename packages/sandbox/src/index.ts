export { ControlError } from './control/control-error.ts';
export { Control, type Counters, type Deliveries } from './control/control.ts';
export type {
  AccountRequest,
  ChatRequest,
  ContactsRequest,
  SettingsRequest,
} from './control/http/requests.ts';
export type { FaultRequest } from './control/http/fault-requests.ts';
export type { EntityView, MessageView } from './control/message-view.ts';
export type { AccountView, ChatView, CodeView } from './control/views.ts';
export type { DataCenter, SandboxSettings } from './rpc/telegram.ts';
export { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts';
