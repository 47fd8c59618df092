package emrsim.samples.cloudburst;

import java.nio.ByteBuffer;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.WritableComparable;
import org.apache.hadoop.io.WritableComparator;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.Partitioner;

/**
 * The keys between map and reduce: the packed seed, the number of its copy (4 bytes), and a last byte that
 * sorts the places of the reference before the reads. All but that last byte is what is grouped.
 */
final class Seeds {
    private static final byte REFERENCE = 0;
    private static final byte READ = 1;

    private Seeds() {}

    static BytesWritable referenceKey(byte[] bases, int from, int length, int copy) {
        return key(bases, from, length, copy, REFERENCE);
    }

    static BytesWritable readKey(byte[] bases, int from, int length, int copy) {
        return key(bases, from, length, copy, READ);
    }

    /** How many keys there are for a seed: several for those of one base only, which genomes are full of. */
    static int copies(byte[] bases, int from, int length, int redundancy) {
        for (int i = from + 1; i < from + length; i++) {
            if (bases[i] != bases[from]) {
                return 1;
            }
        }
        return redundancy;
    }

    private static BytesWritable key(byte[] bases, int from, int length, int copy, byte side) {
        int packed = Bases.packedLength(length);
        byte[] key = new byte[packed + 5];
        Bases.pack(bases, from, length, key, 0);
        ByteBuffer.wrap(key, packed, 5).putInt(copy).put(side);
        return new BytesWritable(key);
    }

    /** Sends both sides of a seed to one reduce task. */
    public static final class BySeed implements Partitioner<BytesWritable, BytesWritable> {
        @Override
        public void configure(JobConf job) {}

        @Override
        public int getPartition(BytesWritable key, BytesWritable value, int partitions) {
            int hash = WritableComparator.hashBytes(key.getBytes(), key.getLength() - 1);
            return (hash & Integer.MAX_VALUE) % partitions;
        }
    }

    /** Brings both sides of a seed into one call of reduce. */
    public static final class Grouping extends WritableComparator {
        private static final int LENGTH_BYTES = 4; // in front of a serialised BytesWritable

        public Grouping() {
            super(BytesWritable.class);
        }

        @Override
        @SuppressWarnings("rawtypes")
        public int compare(WritableComparable one, WritableComparable other) {
            BytesWritable key = (BytesWritable) one;
            BytesWritable otherKey = (BytesWritable) other;
            return compareBytes(
                    key.getBytes(), 0, key.getLength() - 1,
                    otherKey.getBytes(), 0, otherKey.getLength() - 1);
        }

        @Override
        public int compare(byte[] one, int from, int length, byte[] other, int otherFrom, int otherLength) {
            return compareBytes(
                    one, from + LENGTH_BYTES, length - LENGTH_BYTES - 1,
                    other, otherFrom + LENGTH_BYTES, otherLength - LENGTH_BYTES - 1);
        }
    }
}
