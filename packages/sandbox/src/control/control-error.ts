/** A call of the control port that cannot be carried out; the message is for the person who made it. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly status: 400 | 403 | 404 | 409 | 413;

  constructor(status: ControlError['status'], message: string) {
    super(message);
    this.status = status;
  }
}
