import type { ActionName, RequestOf } from '@gateway/actions';
import type { CheckedItem } from '@gateway/contracts';
import type { ErrorBody, OutgoingMessage } from './types.ts';

interface ItemKey {
  /** As that of the message sent alone, in place of the batch's key and the item's place in it. */
  idempotency_key?: string | null | undefined;
}

/** One action of a batch. */
export type BatchItem = { [N in ActionName]: { type: N } & RequestOf<N> & ItemKey }[ActionName];
/** One message of a batch. */
export type BatchMessage = OutgoingMessage & ItemKey;

export interface BatchAnswer {
  status: 'queued';
  /** In the order of the messages. Each is accepted or refused separately. */
  jobs: ({ job_id: string } | ErrorBody)[];
}

/** What a batch would do. */
export interface BatchCheck {
  status: 'checked';
  /** In the order of the messages. */
  jobs: (CheckedItem | ErrorBody)[];
}
