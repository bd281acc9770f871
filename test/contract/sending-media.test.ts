import { afterEach, describe } from 'vitest';
import { albums } from './sending-media/albums.ts';
import { besideOthers } from './sending-media/beside-others.ts';
import { fetched } from './sending-media/fetched.ts';
import { fromMessages } from './sending-media/from-messages.ts';
import { kinds } from './sending-media/kinds.ts';
import { useMediaStage } from './sending-media/media-stage.ts';
import { refusals } from './sending-media/refusals.ts';
import { uploads } from './sending-media/uploads.ts';

// All in one product: starting one costs more than most of these tests.
const stage = useMediaStage();

afterEach(() => stage().stack.control.clearFaults());

describe.each([
  ['A file', kinds],
  ['A file that cannot be sent', refusals],
  ['An upload', uploads],
  ['A file beside other sends', besideOthers],
  ['A file at an address', fetched],
  ['The file of another message', fromMessages],
  ['An album', albums],
])('%s', (_name, describeFiles) => describeFiles(stage));
