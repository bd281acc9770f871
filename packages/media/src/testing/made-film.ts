import { BufferTarget, EncodedPacket, EncodedVideoPacketSource, Mp4OutputFormat, Output } from 'mediabunny';

/** An MP4 file of this shape and duration, whose index is at the end. Its frames are no pictures. */
export async function filmOf(shape: { width: number; height: number; seconds: number }): Promise<Buffer> {
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: false }), target });
  const frames = new EncodedVideoPacketSource('vp9');
  output.addVideoTrack(frames);
  await output.start();
  const config = { codec: 'vp09.00.10.08', codedWidth: shape.width, codedHeight: shape.height };
  for (let at = 0; at < shape.seconds; at += 1)
    await frames.add(new EncodedPacket(Buffer.alloc(100_000, at), 'key', at, 1), { decoderConfig: config });
  await output.finalize();
  if (target.buffer === null) throw new Error('the film was not written');
  return Buffer.from(target.buffer);
}

/** A WAV file of silence. */
export function soundOf(seconds: number): Buffer {
  const [rate, header] = [8_000, Buffer.alloc(44)];
  const bytes = rate * seconds;
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(bytes, 40);
  return Buffer.concat([header, Buffer.alloc(bytes, 128)]);
}
