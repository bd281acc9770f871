/** Prefix of the gateway's own metrics. */
export const PREFIX = 'gateway_';

/** Seconds, from a loopback call to a flood wait of hours. */
export const DELIVERY_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400];
export const CALL_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Seconds. Below 1 s the delay is that of Telegram's whole seconds. */
export const EVENT_DELAY_BUCKETS = [1, 2, 3, 5, 10, 30, 60, 300, 1_800];
