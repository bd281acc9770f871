export {
  createAssistant,
  type Assistant,
  type AssistantOptions,
  type ChatRequest,
  type ReplyPart,
} from './assistant.ts';
export type { ReplyFinish } from './reply-reader.ts';
export { withoutUnopenedThoughts } from './thinking.ts';
