package emrsim.hadoop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapred.LocalJobRunner;
import org.apache.hadoop.mapreduce.JobID;

/** Runs jobs in this process, as LocalJobRunner does, with the ids of a cluster's jobs. */
final class ClusterJobs extends LocalJobRunner {
    private final Path counter;

    /** {@code counter} is named for the start of the cluster and holds one byte for each of its jobs. */
    ClusterJobs(Configuration conf, Path counter) throws IOException {
        super(conf);
        this.counter = counter;
    }

    /** {@code job_<start of the cluster>_<number>}. */
    @Override
    public synchronized JobID getNewJobID() {
        try {
            return new JobID(counter.getFileName().toString(), nextNumber());
        } catch (IOException error) {
            throw new java.io.UncheckedIOException(error);
        }
    }

    private int nextNumber() throws IOException {
        // A lock of the kind that Python's fcntl.lockf takes, which counts the streaming jobs in the same file.
        try (FileChannel channel = FileChannel.open(
                counter, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            channel.lock();
            long jobs = channel.size();
            channel.write(ByteBuffer.wrap(new byte[] {'|'}), jobs);
            return (int) jobs + 1;
        }
    }
}
