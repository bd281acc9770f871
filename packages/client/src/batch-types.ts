import type { ActionName, RequestOf } from '@gateway/actions';
import type { CheckedItem } from '@gateway/contracts';
import type { ErrorBody } from './types.ts';

/** One action of a batch. */
export type BatchItem = { [N in ActionName]: { type: N } & RequestOf<N> }[ActionName];

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
