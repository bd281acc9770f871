import { describe, onTestFinished } from 'vitest';
import type { SessionStore } from '../session-store.ts';
import { describeAccounts } from './compliance-accounts.ts';
import { describeBounds } from './compliance-bounds.ts';
import { describeFencing } from './compliance-fencing.ts';
import type { OpenStore, StoreUnderTest } from './store-under-test.ts';

export type { StoreUnderTest } from './store-under-test.ts';

/** The behaviour of every session store: alone, beside a second instance, and after a restart. */
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
