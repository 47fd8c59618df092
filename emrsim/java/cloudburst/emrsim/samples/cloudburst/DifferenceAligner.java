package emrsim.samples.cloudburst;

import java.io.IOException;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.IntWritable;
import org.apache.hadoop.mapred.OutputCollector;

/**
 * Alignments with at most k differences: bases that are others, left out or put in.
 *
 * <p>Around a good alignment there are many a little worse, whose ends are a few bases off. Collected are the
 * stretches of the reference that are best for their start as well as for their end: fewest differences,
 * then the length nearest to that of the read, then the shorter.
 */
final class DifferenceAligner implements Aligner {
    private final int k;
    private final int seedLength;
    private final Band band;

    DifferenceAligner(Settings settings) {
        k = settings.k;
        seedLength = settings.seedLength();
        band = new Band(k);
    }

    @Override
    public void align(Query query, Place place, OutputCollector<IntWritable, BytesWritable> output)
            throws IOException {
        byte[] read = query.bases;
        int after = query.seed + seedLength;
        int[] left = band.backward(read, query.seed, 0, place.text, place.seed);
        int[] right = band.forward(read, after, read.length, place.text, place.seed + seedLength);
        for (int x = 0; x < left.length; x++) {
            for (int y = 0; y < right.length; y++) {
                if (left[x] + right[y] <= k) {
                    int start = place.seed - (query.seed + x - k);
                    int end = place.seed + seedLength + (read.length - after + y - k);
                    collect(query, place, start, end, output);
                }
            }
        }
    }

    private void collect(Query query, Place place, int start, int end,
            OutputCollector<IntWritable, BytesWritable> output) throws IOException {
        byte[] read = query.bases;
        int[] ends = band.forward(read, 0, read.length, place.text, start);
        int[] starts = band.backward(read, read.length, 0, place.text, end);
        int x = end - start - read.length + k;
        if (best(ends) == x && best(starts) == x && isFirstSeed(query, place, start, end)) {
            output.collect(new IntWritable(query.read), Alignment.write(query.reverse, place.reference,
                    place.offset + start, place.offset + end, ends[x]));
        }
    }

    /** Which of the lengths of a band is best. */
    private int best(int[] distances) {
        int best = k;
        for (int off = 1; off <= k; off++) {
            if (distances[k - off] < distances[best]) {
                best = k - off;
            }
            if (distances[k + off] < distances[best]) {
                best = k + off;
            }
        }
        return best;
    }

    /** Whether no earlier seed of the read, nor this one further left, leads to the same alignment. */
    private boolean isFirstSeed(Query query, Place place, int start, int end) {
        byte[] read = query.bases;
        for (int seed = 0; seed <= query.seed; seed += seedLength) {
            int after = seed + seedLength;
            int[] left = band.forward(read, 0, seed, place.text, start);
            int[] right = band.backward(read, read.length, after, place.text, end);
            for (int x = 0; x < left.length; x++) {
                int at = start + seed + x - k;
                int y = end - (at + seedLength) - (read.length - after) + k;
                if (y >= 0 && y < right.length && left[x] + right[y] <= k
                        && isSeed(read, seed, place.text, at)) {
                    return seed == query.seed && at == place.seed;
                }
            }
        }
        throw new IllegalStateException("an alignment without its own seed");
    }

    private boolean isSeed(byte[] read, int seed, byte[] text, int at) {
        for (int i = 0; i < seedLength; i++) {
            if (!Bases.match(read[seed + i], text[at + i])) {
                return false;
            }
        }
        return true;
    }
}
