import type { AcceptedAction, PostedAction } from './judge-actions.ts';
import type { AcceptedEdit, PostedEdit } from './judge-edits.ts';
import type { AcceptedMessage, PostedMessage } from './judge.ts';

/** The results of the load so far. */
export interface Ledger {
  accepted: AcceptedMessage[];
  /** Posted, with unknown result. */
  undecided: PostedMessage[];
  acceptedEdits: AcceptedEdit[];
  undecidedEdits: PostedEdit[];
  acceptedActions: AcceptedAction[];
  undecidedActions: PostedAction[];
  /** Accepted, and then lost by Redis in a failover: they may have arrived or not. */
  lostInFailover: PostedMessage[];
  lostEdits: PostedEdit[];
  lostActions: PostedAction[];
  /** Sends and edits, one line each. */
  refused: string[];
  /** Keys that led to two jobs, one line each. */
  splitKeys: string[];
}
