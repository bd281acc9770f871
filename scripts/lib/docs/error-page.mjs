import { tsImport } from 'tsx/esm/api';

const INTRODUCTION = {
  en: `# Errors

English · [Русский](ru/errors.md)

Made from \`packages/contracts/src/errors/error-codes.ts\` by \`npm run docs\`.

Every error is \`{"status":"error","code":…,"message":…,"kind":…,"request_id":…}\`, and where they apply
\`retry_after\` (seconds, also the \`Retry-After\` header), \`job_id\`, \`rpc_error\` (Telegram's own name) and
\`issues\` (which fields, and why). \`kind\` says what to do: \`retryable\`: the same request may succeed later;
\`permanent\`: it never will as it is; \`user_action\`: a person has to do something first; \`unknown_outcome\`: it
may or may not have taken effect.

\`message\`, the messages in \`issues\`, and an account's \`next_action\` are for people: English, or Russian if
\`Accept-Language\` prefers it (\`Accept-Language: ru\`); \`Content-Language\` names the language. Codes never
change. A job's error has the language of the request that reads it. Webhooks and the events of accounts are always
in English: they have no reader's language.

| code | HTTP | kind | what happened | what to do |
| --- | --- | --- | --- | --- |
`,
  ru: `# Ошибки

[English](../errors.md) · Русский

Страница создана командой \`npm run docs\` из \`packages/contracts/src/errors/error-codes.ts\`.

Каждая ошибка — это \`{"status":"error","code":…,"message":…,"kind":…,"request_id":…}\`, а где они уместны, ещё
\`retry_after\` (секунды, то же в заголовке \`Retry-After\`), \`job_id\`, \`rpc_error\` (имя ошибки у самого
Telegram) и \`issues\` (какие поля и почему). \`kind\` говорит, что делать: \`retryable\`: тот же запрос может
удаться позже; \`permanent\`: в этом виде не удастся никогда; \`user_action\`: сначала что-то должен сделать
человек; \`unknown_outcome\`: действие могло произойти, а могло и нет.

\`message\`, сообщения в \`issues\` и \`next_action\` аккаунта написаны для людей: по-английски или, если так просит
\`Accept-Language\`, по-русски (\`Accept-Language: ru\`); язык назван в \`Content-Language\`. Коды никогда не
меняются. Ошибка задания показывается на языке того запроса, который его читает. Вебхуки и события аккаунтов всегда
английские: языка читателя у них нет.

| код | HTTP | kind | что произошло | что делать |
| --- | --- | --- | --- | --- |
`,
};

/**
 * The documentation page of all error codes, generated from their table.
 * @param {'en' | 'ru'} language
 */
export async function errorPage(language) {
  /** @type {typeof import('../../../packages/contracts/src/errors/error-codes.ts')} */
  const { ERROR_CODES } = await tsImport(
    '../../../packages/contracts/src/errors/error-codes.ts',
    import.meta.url,
  );
  /** @type {typeof import('../../../packages/texts/src/translate.ts')} */
  const { translate } = await tsImport('../../../packages/texts/src/translate.ts', import.meta.url);
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { status, kind, message, action }]) =>
      `| \`${code}\` | ${status} | \`${kind}\` | ${translate(message, language)} | ${translate(action, language)} |`,
  );
  return `${INTRODUCTION[language]}${rows.join('\n')}\n`;
}
