/** Said in the log where an assistant is set up: people must know it before they send a reply by it. */
export const AI_NOTICE =
  "Telegram's API terms, 1.5: “you are prohibited from using, accessing or aggregating data obtained from the Telegram platform to train, " +
  'fine-tune or otherwise engage in the development, enhancement or deployment of artificial intelligence, machine learning models and ' +
  'similar technologies.” Give the assistant only what everybody concerned has agreed to; ASSISTANT_ALLOW limits where it may write.';
