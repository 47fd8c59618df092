package emrsim.samples.cloudburst;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hadoop.io.BytesWritable;

/** One strand of a read, with one of its seeds. */
final class Query {
    static final byte KIND = 1;

    private static final int HEADER_BYTES = 10;

    final int read;
    /** Whether these are the bases of the other strand. */
    final boolean reverse;
    final byte[] bases;
    /** Where in the bases the seed begins. */
    final int seed;

    private Query(int read, boolean reverse, byte[] bases, int seed) {
        this.read = read;
        this.reverse = reverse;
        this.bases = bases;
        this.seed = seed;
    }

    static BytesWritable write(int read, boolean reverse, byte[] bases, int seed) {
        byte[] value = new byte[HEADER_BYTES + Bases.packedLength(bases.length)];
        ByteBuffer.wrap(value).put(KIND).putInt(read).put((byte) (reverse ? 1 : 0)).putInt(seed);
        Bases.pack(bases, 0, bases.length, value, HEADER_BYTES);
        return new BytesWritable(value);
    }

    static Query read(BytesWritable value) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(value.getBytes());
        header.get();
        int read = header.getInt();
        boolean reverse = header.get() == 1;
        int seed = header.getInt();
        byte[] bases = Bases.unpack(value.getBytes(), HEADER_BYTES, value.getLength());
        return new Query(read, reverse, bases, seed);
    }
}
