import { describe, onTestFinished } from 'vitest';
import type { SessionStore } from '../session-store.ts';
import { describeAccounts } from './compliance-accounts.ts';
import { describeBounds } from './compliance-bounds.ts';
import { describeFencing } from './compliance-fencing.ts';

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

/** What every session store keeps to, on its own, beside another opening of it, and over a restart. */
export function describeSessionStore(name: string, makePlace: () => Promise<StoreUnderTest>): void {
  const setUp = async () => openIn(await makePlace());
  describe(name, () => {
    describeAccounts(setUp);
    describeBounds(setUp);
    describeFencing(setUp);
  });
}

async function openIn(place: StoreUnderTest): Promise<OpenStore> {
  const opened: SessionStore[] = [];
  onTestFinished(async () => {
    await Promise.all(opened.map((store) => store.close()));
    await place.remove();
  });
  const open = async () => {
    const store = await place.open();
    opened.push(store);
    return store;
  };
  const store = await open();
  const reopen = async () => {
    await store.close();
    return open();
  };
  return { store, reopen, open, moveFence: place.moveFence };
}
