package emrsim.samples.cloudburst;

import java.io.IOException;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.IntWritable;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.MapReduceBase;
import org.apache.hadoop.mapred.Mapper;
import org.apache.hadoop.mapred.OutputCollector;
import org.apache.hadoop.mapred.Reporter;

/** Emits both strands of every read under each of their seeds. */
public final class ReadMapper extends MapReduceBase
        implements Mapper<IntWritable, BytesWritable, BytesWritable, BytesWritable> {
    private Settings settings;

    @Override
    public void configure(JobConf job) {
        settings = Settings.of(job);
    }

    @Override
    public void map(IntWritable id, BytesWritable value,
            OutputCollector<BytesWritable, BytesWritable> output, Reporter reporter) throws IOException {
        byte[] bases = Chunk.of(value).bases;
        if (bases.length != settings.readLength) {
            throw new IOException("Read " + id + " has " + bases.length + " bases, but readlen is "
                    + settings.readLength);
        }
        emit(id.get(), false, bases, output);
        emit(id.get(), true, Bases.reverseComplement(bases), output);
    }

    private void emit(int id, boolean reverse, byte[] bases,
            OutputCollector<BytesWritable, BytesWritable> output) throws IOException {
        int length = settings.seedLength();
        for (int number = 0; number <= settings.k; number++) {
            int seed = number * length;
            if (!Bases.isKnown(bases, seed, length)) {
                continue;
            }
            // A place of the reference is under one copy of its seed: a read must be under all of them.
            int copies = Seeds.copies(bases, seed, length, settings.redundancy);
            BytesWritable query = Query.write(id, reverse, bases, seed);
            for (int copy = 0; copy < copies; copy++) {
                output.collect(Seeds.readKey(bases, seed, length, copy), query);
            }
        }
    }
}
