export { ControlError } from './control/control-error.ts';
export { Control, type Counters, type Deliveries } from './control/control.ts';
export type {
  AccountRequest,
  ChatRequest,
  ContactsRequest,
  FaultRequest,
  SettingsRequest,
} from './control/requests.ts';
export type { AccountView, ChatView, CodeView, EntityView, MessageView } from './control/views.ts';
export type { DataCenter, SandboxSettings } from './rpc/telegram.ts';
export { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts';
