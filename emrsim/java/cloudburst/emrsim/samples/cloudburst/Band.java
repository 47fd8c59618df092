package emrsim.samples.cloudburst;

import java.util.Arrays;

/**
 * Edit distances up to k between a piece of a read and the pieces of a text that begin at one place.
 *
 * <p>A result has 2k + 1 numbers: that at x is the distance to the piece which is x - k bases longer than the
 * read's, k + 1 standing for all that is more than k. Pieces of other lengths are more than k away.
 */
final class Band {
    private final int k;

    Band(int k) {
        this.k = k;
    }

    /** Distances of read[from, to) to text[start, ...). */
    int[] forward(byte[] read, int from, int to, byte[] text, int start) {
        return distances(read, from, to - from, text, start, text.length - start, 1);
    }

    /** Distances of read[to, from) to text[..., end). */
    int[] backward(byte[] read, int from, int to, byte[] text, int end) {
        return distances(read, from - 1, from - to, text, end - 1, end, -1);
    }

    private int[] distances(byte[] read, int from, int count, byte[] text, int start, int room, int step) {
        int[] row = new int[2 * k + 1];
        for (int x = 0; x < row.length; x++) {
            row[x] = x < k || x - k > room ? k + 1 : x - k;
        }
        for (int i = 0; i < count; i++) {
            int[] next = new int[row.length];
            int least = k + 1;
            for (int x = 0; x < row.length; x++) {
                int length = i + 1 + x - k;
                next[x] = k + 1;
                if (length < 0 || length > room) {
                    continue;
                }
                if (x + 1 < row.length) {
                    next[x] = Math.min(next[x], row[x + 1] + 1); // the read's base is put in
                }
                if (length > 0) {
                    boolean same = Bases.match(read[from + i * step], text[start + (length - 1) * step]);
                    next[x] = Math.min(next[x], row[x] + (same ? 0 : 1));
                    if (x > 0) {
                        next[x] = Math.min(next[x], next[x - 1] + 1); // the text's base is left out
                    }
                }
                least = Math.min(least, next[x]);
            }
            if (least > k) {
                Arrays.fill(next, k + 1);
                return next;
            }
            row = next;
        }
        return row;
    }
}
