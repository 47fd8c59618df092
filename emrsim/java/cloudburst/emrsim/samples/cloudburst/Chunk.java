package emrsim.samples.cloudburst;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hadoop.io.BytesWritable;

/** A sequence, or a piece of a long one, as a record of the .br form holds it. */
final class Chunk {
    /** So many bases at the end of a chunk are those at the beginning of the next one. */
    static final int OVERLAP = 1024;

    private static final int HEADER_BYTES = 5;

    /** Whether the sequence ends with this chunk. */
    final boolean last;
    /** Where in its sequence the chunk begins. */
    final int offset;
    final byte[] bases;

    private Chunk(boolean last, int offset, byte[] bases) {
        this.last = last;
        this.offset = offset;
        this.bases = bases;
    }

    static Chunk of(BytesWritable value) throws IOException {
        if (value.getLength() < HEADER_BYTES) {
            throw new IOException("Not a record of the .br form: " + value.getLength() + " bytes");
        }
        ByteBuffer header = ByteBuffer.wrap(value.getBytes());
        boolean last = header.get() == 1;
        int offset = header.getInt();
        return new Chunk(last, offset, Bases.unpack(value.getBytes(), HEADER_BYTES, value.getLength()));
    }
}
