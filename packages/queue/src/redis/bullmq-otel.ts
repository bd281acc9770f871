/** Loaded only if tracing is on. Exported by name, since a bundle's `import()` of a CommonJS package has no names. */
export { BullMQOtel } from 'bullmq-otel';
