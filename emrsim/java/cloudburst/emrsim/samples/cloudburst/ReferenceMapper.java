package emrsim.samples.cloudburst;

import java.io.IOException;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.IntWritable;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.MapReduceBase;
import org.apache.hadoop.mapred.Mapper;
import org.apache.hadoop.mapred.OutputCollector;
import org.apache.hadoop.mapred.Reporter;

/** Emits every place of the reference under the seed that is there. */
public final class ReferenceMapper extends MapReduceBase
        implements Mapper<IntWritable, BytesWritable, BytesWritable, BytesWritable> {
    private Settings settings;

    @Override
    public void configure(JobConf job) {
        settings = Settings.of(job);
    }

    @Override
    public void map(IntWritable id, BytesWritable value,
            OutputCollector<BytesWritable, BytesWritable> output, Reporter reporter) throws IOException {
        Chunk chunk = Chunk.of(value);
        int flank = settings.flank();
        int seed = settings.seedLength();
        int length = chunk.bases.length;
        // Of the seeds in two chunks, the first ones have their left flank in the former only, and the rest
        // have all in the latter.
        int from = chunk.offset == 0 ? 0 : flank;
        int to = chunk.last ? length - seed + 1 : length - Chunk.OVERLAP + flank;
        for (int at = from; at < to; at++) {
            if (Bases.isKnown(chunk.bases, at, seed)) {
                int copies = Seeds.copies(chunk.bases, at, seed, settings.redundancy);
                output.collect(
                        Seeds.referenceKey(chunk.bases, at, seed, at % copies),
                        Place.write(id.get(), chunk, Math.max(0, at - flank), at,
                                Math.min(length, at + seed + flank)));
            }
        }
    }
}
