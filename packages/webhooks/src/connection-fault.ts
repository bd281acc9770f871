/** Codes of Node.js and undici with what they mean to people. */
const FAULTS: readonly (readonly [codes: RegExp, words: string])[] = [
  [/^ECONNREFUSED$/, 'nothing accepts connections there'],
  [/^(ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_NONAME)$/, 'its host name is not known'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'the connection was closed'],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, 'no connection in time'],
  [/^(EHOSTUNREACH|ENETUNREACH)$/, 'there is no network route to it'],
  [/^CERT_HAS_EXPIRED$/, 'its certificate has expired'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'its certificate is for another host name'],
  [/CERT|SELF_SIGNED|^UNABLE_TO_(GET|VERIFY)/, 'its certificate is not trusted'],
  [/^(EPROTO|ERR_SSL_.*)$/, 'it does not speak TLS'],
];

/** Why a connection failed, in words with the code of the error: `nothing accepts connections there (ECONNREFUSED)`. */
export function connectionFault(code: string): string {
  const [, words] = FAULTS.find(([codes]) => codes.test(code)) ?? [];
  return words === undefined ? code : `${words} (${code})`;
}
