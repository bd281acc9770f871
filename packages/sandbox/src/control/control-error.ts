/** A control call that cannot be carried out. The message is written for the person who made the call. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly status: 400 | 403 | 404 | 409 | 413;

  constructor(status: ControlError['status'], message: string) {
    super(message);
    this.status = status;
  }
}
