import type { SessionStore } from '../session-store.ts';

/** A storage place for one test. */
export interface StoreUnderTest {
  /** Opens a store on this place. May be called repeatedly, as a restarted process does. */
  open(): Promise<SessionStore>;
  remove(): Promise<void>;
  /** Gives an account to another owner, if the place knows owners. */
  moveFence?(userId: string, fence: string): Promise<void>;
}

/** A store for one test; closed and removed afterwards. */
export interface OpenStore {
  store: SessionStore;
  /** Closes the store and opens it again. */
  reopen(): Promise<SessionStore>;
  /** Opens a second store on the same place. */
  open(): Promise<SessionStore>;
  /** See {@link StoreUnderTest.moveFence}. */
  moveFence: StoreUnderTest['moveFence'];
}
