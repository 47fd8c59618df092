package emrsim.samples.cloudburst;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.IntWritable;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.MapReduceBase;
import org.apache.hadoop.mapred.OutputCollector;
import org.apache.hadoop.mapred.Reducer;
import org.apache.hadoop.mapred.Reporter;

/** Extends every seed that a read has in common with the reference to alignments of the whole read. */
public final class AlignReducer extends MapReduceBase
        implements Reducer<BytesWritable, BytesWritable, IntWritable, BytesWritable> {
    private int blockSize;
    private Aligner aligner;

    @Override
    public void configure(JobConf job) {
        Settings settings = Settings.of(job);
        blockSize = settings.blockSize;
        aligner = settings.indels ? new DifferenceAligner(settings) : new MismatchAligner(settings);
    }

    @Override
    public void reduce(BytesWritable key, Iterator<BytesWritable> values,
            OutputCollector<IntWritable, BytesWritable> output, Reporter reporter) throws IOException {
        List<Place> places = new ArrayList<>();
        List<Query> queries = new ArrayList<>();
        while (values.hasNext()) {
            BytesWritable value = values.next();
            if (value.getBytes()[0] == Place.KIND) {
                places.add(Place.read(value));
            } else if (places.isEmpty()) {
                return; // the places come first: there is none
            } else {
                queries.add(Query.read(value));
            }
            if (queries.size() == blockSize) {
                align(places, queries, output, reporter);
                queries.clear();
            }
        }
        align(places, queries, output, reporter);
    }

    /** Compares all with all, in blocks that stay in the processor's cache. */
    private void align(List<Place> places, List<Query> queries,
            OutputCollector<IntWritable, BytesWritable> output, Reporter reporter) throws IOException {
        for (int from = 0; from < places.size() && !queries.isEmpty(); from += blockSize) {
            List<Place> block = places.subList(from, Math.min(places.size(), from + blockSize));
            for (Query query : queries) {
                for (Place place : block) {
                    aligner.align(query, place, output);
                }
            }
            reporter.progress();
        }
    }
}
