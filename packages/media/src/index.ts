export { blockLength, blockName, FILE_BLOCK_BYTES } from './file-blocks.ts';
export { MediaStoreError, type MediaName, type MediaStore, type StoredMedia } from './media-store.ts';
export { openMediaStore } from './open-media-store.ts';
export { probeFilm, probePicture, type MediaFacts } from './probe-media.ts';
export { dropUnfinishedUploads } from './unfinished.ts';
export { waveformOf } from './waveform.ts';
export { receiveMedia, toGatewayError, type ReceivedMedia } from './receive-media.ts';
