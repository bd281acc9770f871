/** A pressed button of a bot's message. */
export interface ButtonPress {
  from: number;
  bot: number;
  /** The presser's id of the message. */
  messageId: number;
  data: string;
  /** Unix milliseconds. */
  at: number;
}
