package emrsim.samples.cloudburst;

import java.io.IOException;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.IntWritable;
import org.apache.hadoop.mapred.OutputCollector;

/** Alignments base by base: at most k of them are others. */
final class MismatchAligner implements Aligner {
    private final int k;
    private final int seedLength;

    MismatchAligner(Settings settings) {
        k = settings.k;
        seedLength = settings.seedLength();
    }

    @Override
    public void align(Query query, Place place, OutputCollector<IntWritable, BytesWritable> output)
            throws IOException {
        int length = query.bases.length;
        int start = place.seed - query.seed;
        if (start < 0 || start + length > place.text.length) {
            return; // the read would stand out over an end of the reference
        }
        int mismatches = 0;
        for (int i = 0; i < query.seed; i += seedLength) {
            int here = mismatches(query.bases, i, i + seedLength, place.text, start);
            if (here == 0) {
                return; // an earlier seed, which has collected the alignment
            }
            mismatches += here;
        }
        mismatches += mismatches(query.bases, query.seed + seedLength, length, place.text, start);
        if (mismatches <= k) {
            int at = place.offset + start;
            output.collect(new IntWritable(query.read),
                    Alignment.write(query.reverse, place.reference, at, at + length, mismatches));
        }
    }

    private static int mismatches(byte[] bases, int from, int to, byte[] text, int start) {
        int mismatches = 0;
        for (int i = from; i < to; i++) {
            if (!Bases.match(bases[i], text[start + i])) {
                mismatches++;
            }
        }
        return mismatches;
    }
}
