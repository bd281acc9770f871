import { createContextKey, type Context } from '@opentelemetry/api';

const IS_OWN = createContextKey('the gateway itself begins this span');

/** Marks a context in which the gateway itself begins a span. */
export function asOwn(context: Context): Context {
  return context.setValue(IS_OWN, true);
}

export function isOwn(context: Context): boolean {
  return context.getValue(IS_OWN) === true;
}
