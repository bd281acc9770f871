export { createAssistant, type Assistant, type AssistantOptions, type ChatRequest } from './assistant.ts';
