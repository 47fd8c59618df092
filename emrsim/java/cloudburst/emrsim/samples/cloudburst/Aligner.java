package emrsim.samples.cloudburst;

import java.io.IOException;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.IntWritable;
import org.apache.hadoop.mapred.OutputCollector;

/** Extends a seed. */
interface Aligner {
    /**
     * Collects the alignments of a read around one place of its seed, by the number of the read.
     *
     * <p>An alignment has several seeds as a rule, and is collected for the first of them only.
     */
    void align(Query query, Place place, OutputCollector<IntWritable, BytesWritable> output)
            throws IOException;
}
