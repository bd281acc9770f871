import type { AccountQuery, AccountSummary, GatewayClient } from '@gateway/client';

/** Accounts per request. */
const PAGE = 500;

/** All accounts that match, on all pages. */
export async function allAccounts(client: GatewayClient, filter: AccountQuery): Promise<AccountSummary[]> {
  const all: AccountSummary[] = [];
  for (let after: string | null | undefined; after !== null;) {
    const { accounts, next } = await client.accounts.list({ ...filter, after, limit: PAGE });
    all.push(...accounts);
    after = next;
  }
  return all;
}
