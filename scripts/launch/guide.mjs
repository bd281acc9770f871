/** @param {boolean} needsKey */
function jsonHeaders(needsKey) {
  return `-H 'content-type: application/json'${needsKey ? ' -H "authorization: Bearer $API_KEY"' : ''}`;
}

/** The first step if the API needs a key. The key itself is not printed. @param {boolean} needsKey */
function keyLines(needsKey) {
  return needsKey ? ['export API_KEY=   # one of your API_KEYS', ''] : [];
}

/**
 * The lines that sign two people in and send a message. The README has the same lines; a test compares them.
 * @param {{ api: string, control: string, needsKey?: boolean }} urls
 */
export function sandboxGuide({ api, control, needsKey = false }) {
  const headers = jsonHeaders(needsKey);
  return [
    ...keyLines(needsKey),
    '# sign Alice in (the code of a test number +99966X… is the digit X, five times)',
    `curl ${api}/telegram/user/auth/start ${headers} -d '{"user_id":"alice","phone_number":"+9996621111"}'`,
    `curl ${api}/telegram/user/auth/verify ${headers} -d '{"user_id":"alice","phone_code":"22222"}'`,
    '',
    '# an account for Bob, with a two-factor password; then sign him in too',
    `curl ${control}/accounts -H 'content-type: application/json' -d '{"phone":"+9996622222","first_name":"Bob","username":"bob_example","password":"hunter2","hint":"the usual"}'`,
    `curl ${api}/telegram/user/auth/start ${headers} -d '{"user_id":"bob","phone_number":"+9996622222"}'`,
    `curl ${api}/telegram/user/auth/verify ${headers} -d '{"user_id":"bob","phone_code":"22222","password":"hunter2"}'`,
    '',
    '# Alice writes to Bob; then look at what arrived',
    `curl ${api}/telegram/user/send ${headers} -d '{"user_id":"alice","recipient_id":"@bob_example","text":"Привет, Bob! 👋"}'`,
    `curl ${control}/messages`,
  ];
}

/** @param {{ api: string, needsKey: boolean }} urls */
export function telegramGuide({ api, needsKey }) {
  const headers = jsonHeaders(needsKey);
  return [
    ...keyLines(needsKey),
    '# your own account; the code comes in your Telegram app. Never post it in a chat: Telegram voids it',
    `curl ${api}/telegram/user/auth/start ${headers} -d '{"user_id":"me","phone_number":"+..."}'`,
    `curl ${api}/telegram/user/auth/verify ${headers} -d '{"user_id":"me","phone_code":"..."}'`,
    `curl ${api}/telegram/user/send ${headers} -d '{"user_id":"me","recipient_id":"me","text":"A note to myself"}'`,
  ];
}
