import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { OpusDecoder } from 'opus-decoder';

/** Peaks need no more samples a second. */
const SAMPLE_RATE = 8_000;
/** Samples of one peak: 20 ms. */
const STRETCH = 160;

/** The loudest sample of each 20 ms of a file with Opus, 0 … 1; none for other files. The entry point of a thread. */
export default async function peaksOf(bytes: Uint8Array): Promise<number[]> {
  const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
  const decoder = new OpusDecoder({ sampleRate: SAMPLE_RATE });
  try {
    const track = await input.getPrimaryAudioTrack();
    if (track === null || track.codec !== 'opus') return [];
    await decoder.ready;
    const peaks: number[] = [];
    let [peak, count] = [0, 0];
    for await (const { data } of new EncodedPacketSink(track).packets()) {
      const [samples = new Float32Array()] = decoder.decodeFrame(data).channelData;
      for (const sample of samples) {
        peak = Math.max(peak, Math.abs(sample));
        count += 1;
        if (count < STRETCH) continue;
        peaks.push(peak);
        [peak, count] = [0, 0];
      }
    }
    return peaks;
  } finally {
    decoder.free();
    input.dispose();
  }
}
