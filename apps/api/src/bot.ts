export { botUserId } from '@gateway/runtime';
