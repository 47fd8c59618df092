package emrsim.samples.cloudburst;

import java.nio.ByteBuffer;
import org.apache.hadoop.io.BytesWritable;

/**
 * The value of a result: 17 bytes. A byte that is 1 for the other strand, then four big-endian numbers: the
 * reference, the first base there, the one after the last, and the differences.
 */
final class Alignment {
    private static final int BYTES = 17;
    private static final int DIFFERENCES_AT = 13;

    private Alignment() {}

    static BytesWritable write(boolean reverse, int reference, int start, int end, int differences) {
        byte[] value = new byte[BYTES];
        ByteBuffer.wrap(value).put((byte) (reverse ? 1 : 0))
                .putInt(reference).putInt(start).putInt(end).putInt(differences);
        return new BytesWritable(value);
    }

    static int differences(BytesWritable value) {
        return ByteBuffer.wrap(value.getBytes()).getInt(DIFFERENCES_AT);
    }
}
