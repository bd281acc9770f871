/** A bot of the product's own, which the sandbox does not know. */
export const BOT_TOKEN = '4000000031:a-token-of-a-bot-in-the-sandbox-123';
export const BOT = `bot.${BOT_TOKEN.split(':')[0]}`;
