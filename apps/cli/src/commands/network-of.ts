/** The option `network` of a sign-in or an import. `none`: the account connects as the gateway does. */
export function networkOf({ proxy }: { proxy?: string | undefined }) {
  return proxy === undefined ? {} : { network: { proxy: proxy === 'none' ? null : proxy } };
}
