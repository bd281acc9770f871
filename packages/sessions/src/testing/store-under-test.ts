import type { SessionStore } from '../session-store.ts';

/** One place where sessions are kept, for one test. */
export interface StoreUnderTest {
  /** Opens the store of this place; again and again, as a restarted process does. */
  open(): Promise<SessionStore>;
  /** Removes the place. */
  remove(): Promise<void>;
  /** Makes an account another owner's, where the place itself knows owners. */
  moveFence?(userId: string, fence: string): Promise<void>;
}

/** A store for one test; closed and removed after it. */
export interface OpenStore {
  store: SessionStore;
  /** Closes the store and opens it anew. */
  reopen(): Promise<SessionStore>;
  /** Opens the same place once more, beside the first. */
  open(): Promise<SessionStore>;
  /** See {@link StoreUnderTest.moveFence}. */
  moveFence: StoreUnderTest['moveFence'];
}
