package emrsim.samples.cloudburst;

import org.apache.hadoop.mapred.JobConf;

/** What the tasks must know of the arguments, handed to them in the job's configuration. */
final class Settings {
    private static final String PREFIX = "cloudburst.";

    /** The length of every read. */
    final int readLength;
    /** How many differences an alignment may have. */
    final int k;
    /** Whether bases may be left out and put in, too; else they may only be others. */
    final boolean indels;
    /** So many reads and so many places of the reference are compared at a time. */
    final int blockSize;
    /** Over so many keys a seed that is everywhere in the reference is spread. */
    final int redundancy;

    Settings(int readLength, int k, boolean indels, int blockSize, int redundancy) {
        this.readLength = readLength;
        this.k = k;
        this.indels = indels;
        this.blockSize = blockSize;
        this.redundancy = redundancy;
        require(k >= 0, "k must not be negative");
        require(readLength > k, "readlen must be greater than k");
        require(blockSize > 0, "blocksize must be positive");
        require(redundancy > 0, "redundancy must be positive");
        // Every seed, with its flanks, must be whole in one of two chunks.
        require(2 * flank() + seedLength() <= Chunk.OVERLAP, "readlen is too large for chunks of"
                + " the reference that overlap by " + Chunk.OVERLAP + " bases");
    }

    static Settings of(JobConf job) {
        return new Settings(
                job.getInt(PREFIX + "readlen", 0),
                job.getInt(PREFIX + "k", 0),
                job.getBoolean(PREFIX + "allowdifferences", false),
                job.getInt(PREFIX + "blocksize", 0),
                job.getInt(PREFIX + "redundancy", 0));
    }

    void store(JobConf job) {
        job.setInt(PREFIX + "readlen", readLength);
        job.setInt(PREFIX + "k", k);
        job.setBoolean(PREFIX + "allowdifferences", indels);
        job.setInt(PREFIX + "blocksize", blockSize);
        job.setInt(PREFIX + "redundancy", redundancy);
    }

    /**
     * A read cut into k + 1 pieces of this length has one without a difference, wherever it aligns with k
     * differences: the seed.
     */
    int seedLength() {
        return readLength / (k + 1);
    }

    /**
     * So many bases on either side of a seed decide about alignments. With indels, an end that is as many as
     * k bases further away might be the better one.
     */
    int flank() {
        return readLength - seedLength() + (indels ? k : 0);
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
