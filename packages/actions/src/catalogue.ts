import type { ErrorCode, RequestBody, userIdSchema } from '@gateway/contracts';
import type * as z from 'zod';
import type { ActionDocs, JobToEnqueue, JobTools, Repeat } from './action.ts';
import { deleteMessages } from './delete-messages.ts';
import { editMessage } from './edit-message.ts';
import { forwardMessages } from './forward-messages.ts';
import type { jobEnvelope } from './jobs/job-envelope.ts';
import { joinChat, leaveChat } from './membership.ts';
import { pinMessage } from './pin-message.ts';
import { pressButton } from './press-button.ts';
import { reactToMessage } from './react-to-message.ts';
import { readChat } from './read-chat.ts';
import { sendMessage } from './send-message.ts';
import { unpinMessage } from './unpin-message.ts';

/** Every action, by its name: the kinds of jobs in the accounts' queues. */
export const ACTIONS = {
  [sendMessage.name]: sendMessage,
  [editMessage.name]: editMessage,
  [deleteMessages.name]: deleteMessages,
  [forwardMessages.name]: forwardMessages,
  [reactToMessage.name]: reactToMessage,
  [pinMessage.name]: pinMessage,
  [unpinMessage.name]: unpinMessage,
  [pressButton.name]: pressButton,
  [readChat.name]: readChat,
  [joinChat.name]: joinChat,
  [leaveChat.name]: leaveChat,
};

export type ActionName = keyof typeof ACTIONS;
type ActionEntry<N extends ActionName = ActionName> = (typeof ACTIONS)[N];

/** The request's body as the caller writes it. */
export type RequestOf<N extends ActionName> = z.input<ActionEntry<N>['request']>;
/** The job's data in Redis. */
export type JobOf<N extends ActionName = ActionName> = z.output<ActionEntry<N>['schema']>;
export type ProgressOf<N extends ActionName = ActionName> = z.output<ActionEntry<N>['steps']['progress']>;
export type ResultOf<N extends ActionName = ActionName> = z.output<ActionEntry<N>['result']>;

export const ACTION_NAMES = Object.keys(ACTIONS) as ActionName[];

export function isActionName(name: string): name is ActionName {
  return Object.hasOwn(ACTIONS, name);
}

/** The path of the action's route. */
export function pathOf(name: ActionName): string {
  return `/telegram/user/${name.replace('.', '/')}`;
}

/** An action whose kind is not known to the compiler. Its functions take what its own schemas return. */
export interface AnyAction {
  readonly name: ActionName;
  readonly v: number;
  readonly docs: ActionDocs;
  readonly request: RequestBody<z.ZodObject<{ user_id: typeof userIdSchema }>>;
  readonly schema: z.ZodObject<typeof jobEnvelope>;
  readonly result: z.ZodObject;
  readonly digest: readonly string[];
  readonly forBots: boolean;
  readonly repeat: Repeat;
  readonly makesMessages: boolean;
  readonly awaitsOthers: boolean;
  readonly errors: readonly ErrorCode[];
  readonly hide: readonly string[];
  readonly steps: {
    readonly progress: z.ZodType<object>;
    readonly none: object;
    count(job: object, progress: object): number;
    done(progress: object): number;
    result(progress: object): object | null;
    messages?(job: object): number;
    isTransfer?(job: object, progress: object): boolean;
  };
  toJob(request: object, tools: JobTools): Promise<JobToEnqueue<object>>;
  forDigest?(request: object): object;
  uploadsOf?(job: object, progress?: object): readonly string[];
  chatsOf(job: object): readonly [string, ...string[]];
  preview(job: object): string;
}

const BY_NAME: Readonly<Record<ActionName, AnyAction>> = ACTIONS;

/** The action with this name; `undefined` if this version has none. */
export function actionOf(name: string): AnyAction | undefined {
  return isActionName(name) ? BY_NAME[name] : undefined;
}

/** The number of messages that a job goes out as, or of its steps if it makes none. */
export function partsOfJob({ steps }: AnyAction, job: object): number {
  return steps.messages?.(job) ?? steps.count(job, steps.none);
}
