/** Logged if an assistant is configured: operators must know these terms before they send replies with it. */
export const AI_NOTICE =
  "Telegram's API terms, 1.5: “you are prohibited from using, accessing or aggregating data obtained from the Telegram platform to train, " +
  'fine-tune or otherwise engage in the development, enhancement or deployment of artificial intelligence, machine learning models and ' +
  'similar technologies.” Give the assistant only what everybody concerned has agreed to; ASSISTANT_ALLOW limits where it may write.';
