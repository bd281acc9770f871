/** Loaded only where traces are on. By name here, since a bundle's `import()` of a CommonJS package has no names. */
export { BullMQOtel } from 'bullmq-otel';
