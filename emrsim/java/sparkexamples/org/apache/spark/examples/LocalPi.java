package org.apache.spark.examples;

import java.util.SplittableRandom;

/** Computes an approximation of pi without a cluster, with the output of Spark's own example. */
public final class LocalPi {
    private static final int POINTS = 100_000;

    private LocalPi() {}

    public static void main(String[] args) {
        SplittableRandom random = new SplittableRandom(0);
        int within = 0;
        for (int point = 0; point < POINTS; point++) {
            double x = 2 * random.nextDouble() - 1;
            double y = 2 * random.nextDouble() - 1;
            if (x * x + y * y <= 1) {
                within++;
            }
        }
        System.out.println("Pi is roughly " + 4.0 * within / POINTS);
    }
}
