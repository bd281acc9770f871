/**
 * The lines that sign two people in and send a message, as the README has them; a test holds the two together.
 * @param {{ api: string, control: string }} urls
 */
export function sandboxGuide({ api, control }) {
  return [
    '# sign Alice in (the code of a test number +99966X… is the digit X, five times)',
    `curl ${api}/telegram/user/auth/start -H 'content-type: application/json' -d '{"user_id":"alice","phone_number":"+9996621111"}'`,
    `curl ${api}/telegram/user/auth/verify -H 'content-type: application/json' -d '{"user_id":"alice","phone_code":"22222"}'`,
    '',
    '# an account for Bob, with a two-factor password; then sign him in too',
    `curl ${control}/accounts -H 'content-type: application/json' -d '{"phone":"+9996622222","first_name":"Bob","username":"bob_example","password":"hunter2","hint":"the usual"}'`,
    `curl ${api}/telegram/user/auth/start -H 'content-type: application/json' -d '{"user_id":"bob","phone_number":"+9996622222"}'`,
    `curl ${api}/telegram/user/auth/verify -H 'content-type: application/json' -d '{"user_id":"bob","phone_code":"22222","password":"hunter2"}'`,
    '',
    '# Alice writes to Bob; then look at what arrived',
    `curl ${api}/telegram/user/send -H 'content-type: application/json' -d '{"user_id":"alice","recipient_id":"@bob_example","text":"Привет, Bob! 👋"}'`,
    `curl ${control}/messages`,
  ];
}

/** @param {{ api: string }} urls */
export function telegramGuide({ api }) {
  return [
    '# your own account; the code comes in your Telegram app. Never post it in a chat: Telegram voids it',
    `curl ${api}/telegram/user/auth/start -H 'content-type: application/json' -d '{"user_id":"me","phone_number":"+..."}'`,
    `curl ${api}/telegram/user/auth/verify -H 'content-type: application/json' -d '{"user_id":"me","phone_code":"..."}'`,
    `curl ${api}/telegram/user/send -H 'content-type: application/json' -d '{"user_id":"me","recipient_id":"me","text":"A note to myself"}'`,
  ];
}
