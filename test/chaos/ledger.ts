import type { ChangeJob } from './change-job.ts';
import type { PostedAction } from './judge-actions.ts';
import type { PostedEdit } from './judge-edits.ts';
import type { PostedMembership } from './judge-members.ts';
import type { PostedPress } from './judge-presses.ts';
import type { PostedRead } from './judge-reads.ts';
import type { PostedState } from './judge-states.ts';
import type { AcceptedMessage, PostedMessage } from './judge.ts';

/** The changes of one kind. */
export interface Changes<P> {
  accepted: (P & ChangeJob)[];
  /** Posted, with unknown result. */
  undecided: P[];
  /** Accepted, and then lost by Redis in a failover: they may have taken effect or not. */
  lost: P[];
}

/** The results of the load so far. */
export interface Ledger {
  accepted: AcceptedMessage[];
  /** Posted, with unknown result. */
  undecided: PostedMessage[];
  /** As {@link Changes.lost}. */
  lostInFailover: PostedMessage[];
  edits: Changes<PostedEdit>;
  actions: Changes<PostedAction>;
  states: Changes<PostedState>;
  reads: Changes<PostedRead>;
  presses: Changes<PostedPress>;
  memberships: Changes<PostedMembership>;
  /** Files that were downloaded, and those of which another file came, one line each. */
  downloads: number;
  wrongDownloads: string[];
  /** One line each. */
  refused: string[];
  /** Keys that led to two jobs, one line each. */
  splitKeys: string[];
}

export function emptyLedger(): Ledger {
  const none = () => ({ accepted: [], undecided: [], lost: [] });
  return {
    accepted: [],
    undecided: [],
    lostInFailover: [],
    edits: none(),
    actions: none(),
    states: none(),
    reads: none(),
    presses: none(),
    memberships: none(),
    downloads: 0,
    wrongDownloads: [],
    refused: [],
    splitKeys: [],
  };
}

/** The changes of which it is unknown whether they took effect or will. */
export function openOf<P>({ undecided, lost }: Changes<P>): P[] {
  return [...undecided, ...lost];
}
