package emrsim.samples.cloudburst;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hadoop.io.BytesWritable;

/** A place of the reference where a seed is, with the bases around it. */
final class Place {
    static final byte KIND = 0;

    private static final int HEADER_BYTES = 13;

    final int reference;
    /** Where in the reference `text` begins. */
    final int offset;
    /** The seed and its flanks, shorter where the reference ends. */
    final byte[] text;
    /** Where in `text` the seed begins. */
    final int seed;

    private Place(int reference, int offset, byte[] text, int seed) {
        this.reference = reference;
        this.offset = offset;
        this.text = text;
        this.seed = seed;
    }

    /** A place [from, to) of a chunk, with the seed at `seed`, as the value of a record. */
    static BytesWritable write(int reference, Chunk chunk, int from, int seed, int to) {
        byte[] value = new byte[HEADER_BYTES + Bases.packedLength(to - from)];
        ByteBuffer.wrap(value).put(KIND).putInt(reference).putInt(chunk.offset + from).putInt(seed - from);
        Bases.pack(chunk.bases, from, to - from, value, HEADER_BYTES);
        return new BytesWritable(value);
    }

    static Place read(BytesWritable value) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(value.getBytes());
        header.get();
        int reference = header.getInt();
        int offset = header.getInt();
        int seed = header.getInt();
        byte[] text = Bases.unpack(value.getBytes(), HEADER_BYTES, value.getLength());
        return new Place(reference, offset, text, seed);
    }
}
