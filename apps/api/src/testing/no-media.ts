import type { MediaStore } from '@gateway/media';

/** Tests of uploads use a real store. */
export const NO_MEDIA: MediaStore = {
  put: async () => {
    throw new Error('this test has no media store');
  },
  read: async () => Buffer.alloc(0),
  delete: async () => {},
  deleteAll: async () => {},
  list: async function* () {},
  dropUnfinished: async () => {},
  close: () => {},
};
