package emrsim.examples;

/** Halton's sequence of points in the unit square, with the bases 2 and 3, from any place on. */
final class Halton {
    private static final int[] BASES = {2, 3};

    private long index;

    /** The point after the first {@code start} ones comes first. */
    Halton(long start) {
        index = start;
    }

    double[] next() {
        index++;
        double[] point = new double[BASES.length];
        for (int i = 0; i < BASES.length; i++) {
            point[i] = radicalInverse(index, BASES[i]);
        }
        return point;
    }

    /** The digits of {@code number} mirrored at the point. */
    private static double radicalInverse(long number, int base) {
        double sum = 0;
        double digitValue = 1.0 / base;
        for (long rest = number; rest > 0; rest /= base) {
            sum += digitValue * (rest % base);
            digitValue /= base;
        }
        return sum;
    }
}
