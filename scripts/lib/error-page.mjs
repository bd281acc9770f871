import { tsImport } from 'tsx/esm/api';

/** The documentation page of all error codes, generated from their table. */
export async function errorPage() {
  /** @type {typeof import('../../packages/contracts/src/errors/error-codes.ts')} */
  const { ERROR_CODES } = await tsImport(
    '../../packages/contracts/src/errors/error-codes.ts',
    import.meta.url,
  );
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { status, kind, message, action }]) =>
      `| \`${code}\` | ${status} | \`${kind}\` | ${message} | ${action} |`,
  );
  return `# Errors

Made from \`packages/contracts/src/errors/error-codes.ts\` by \`npm run docs\`.

Every error is \`{"status":"error","code":…,"message":…,"kind":…,"request_id":…}\`, and where they apply \`retry_after\` (seconds, also the
\`Retry-After\` header), \`job_id\`, \`rpc_error\` (Telegram's own name) and \`issues\` (which fields, and why). \`kind\` says what to do:
\`retryable\`: the same request may succeed later; \`permanent\`: it never will as it is; \`user_action\`: a person has to do something first;
\`unknown_outcome\`: it may or may not have taken effect.

\`message\`, the messages in \`issues\`, and an account's \`next_action\` are for people: English, or Russian if \`Accept-Language\` prefers it
(\`Accept-Language: ru\`); \`Content-Language\` names the language. Codes never change. A job's error has the language of the request that reads
it. Webhooks are always in English: they have no reader's language.

| code | HTTP | kind | what happened | what to do |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}
