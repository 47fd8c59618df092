package emrsim.samples.cloudburst;

import java.io.IOException;
import java.util.Iterator;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.IntWritable;
import org.apache.hadoop.mapred.MapReduceBase;
import org.apache.hadoop.mapred.OutputCollector;
import org.apache.hadoop.mapred.Reducer;
import org.apache.hadoop.mapred.Reporter;

/** Keeps the best alignment of every read, and none of a read that has two of them. */
public final class FilterAlignments extends MapReduceBase
        implements Reducer<IntWritable, BytesWritable, IntWritable, BytesWritable> {
    @Override
    public void reduce(IntWritable read, Iterator<BytesWritable> alignments,
            OutputCollector<IntWritable, BytesWritable> output, Reporter reporter) throws IOException {
        BytesWritable best = new BytesWritable();
        int fewest = Integer.MAX_VALUE;
        boolean ambiguous = false;
        while (alignments.hasNext()) {
            BytesWritable alignment = alignments.next();
            int differences = Alignment.differences(alignment);
            ambiguous = differences == fewest || ambiguous && differences > fewest;
            if (differences < fewest) {
                fewest = differences;
                best.set(alignment);
            }
        }
        if (!ambiguous) {
            output.collect(read, best);
        }
    }
}
