import type { ActionName, AnyAction, JobEnvelope, JobOf, ProgressOf } from '@gateway/actions';
import type { AccountClient, Chat, FilePart } from '@gateway/telegram';
import type { AccountFiles } from '../media/account-files.ts';

/** One step of a job, for the account to run. The job and its progress are valid for the action. */
export interface Step {
  jobId: string;
  action: AnyAction;
  job: JobEnvelope;
  progress: object;
  /** 0 for the first or only step. */
  index: number;
  trace: string | undefined;
  /** The account's uploads. */
  files: Pick<AccountFiles, 'describe' | 'fetch' | 'probe' | 'read' | 'waveform'>;
  /** The chat that a `recipient_id` means, from the known peers alone. */
  chatOf: (recipientId: string) => Chat;
  now: () => number;
  /** Shows the account as typing to the chat, once. @returns whether it is shown. */
  showTyping: () => Promise<boolean>;
  /** The id of the account at Telegram; `undefined` if it is not known. */
  ownId: string | undefined;
  /** When a caller last requested the job, ms since the epoch. */
  askedAt: number;
  /** The id of the last message known in the chat before this one; 0 if none is known. */
  after: number;
  /**
   * Set when an earlier attempt has an unknown outcome and Telegram may have forgotten its random id. The chat must
   * then be searched for messages since this time (ms since the epoch) before sending.
   */
  searchSince: number | undefined;
  /** Stores what a repeated try has to know. Resolves once it is safe. */
  saveProgress: (progress: object) => Promise<void>;
}

/** What a step did: the job's progress after it, and the messages that it made, if it makes messages. */
export interface StepEnd {
  progress: object;
  messageIds?: readonly number[];
  /** `false`: the step asked nothing of Telegram that says whether an earlier try took effect. */
  asked?: false;
  /** The job's next step begins after so long, ms. Jobs of other chats go on meanwhile. */
  pauseMs?: number;
}

/** `later`: the step ends after the account's turn. Somebody else has to answer first, or a file is on its way. */
export type StepOutcome = StepEnd | { later: Promise<StepEnd> };

/** A {@link Step} of an action that the compiler knows. */
export type StepOf<N extends ActionName> = Omit<Step, 'job' | 'progress' | 'saveProgress'> & {
  job: JobOf<N>;
  progress: ProgressOf<N>;
  saveProgress: (progress: ProgressOf<N>) => Promise<void>;
};

/** What an action uses of the account's connection. */
export interface ActionClient extends Pick<AccountClient, 'captionLimit' | 'run'> {
  /** Uploads a part of a file over a connection of its own, so it needs no turn. */
  uploadPart: (part: FilePart) => Promise<void>;
}

/** Runs one step of an action at Telegram. @throws {TelegramFailure} */
export type RunStep<N extends ActionName> = (
  client: ActionClient,
  step: StepOf<N>,
) => Promise<EndOf<N> | { later: Promise<EndOf<N>> }>;

export interface EndOf<N extends ActionName> {
  progress: ProgressOf<N>;
  messageIds?: readonly number[];
  asked?: false;
  pauseMs?: number;
}
