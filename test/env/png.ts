/** A picture of 40 by 40 pixels. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAACgAAAAoCAAAAACpleexAAAAHElEQVR4nGMIJRIwjCocVTiqcFThqMJRhaQrBAATIhNfLzsSPgAAAABJRU5ErkJggg==',
  'base64',
);
