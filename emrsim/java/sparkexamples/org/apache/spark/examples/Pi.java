package org.apache.spark.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** The part of a square's points that are in its circle, counted in slices. */
final class Pi {
    private static final int POINTS_PER_SLICE = 100_000;

    private Pi() {}

    static void compute(String name, String[] args) {
        int slices = args.length > 0 ? Integer.parseInt(args[0]) : 2;
        List<Integer> seeds = new ArrayList<>();
        for (int slice = 0; slice < slices; slice++) {
            seeds.add(slice);
        }
        try (JavaSparkContext context = new JavaSparkContext(new SparkConf().setAppName(name))) {
            long within = context.parallelize(seeds, slices).map(Pi::pointsWithin).reduce(Long::sum);
            System.out.println("Pi is roughly " + 4.0 * within / ((double) slices * POINTS_PER_SLICE));
        }
    }

    private static long pointsWithin(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long count = 0;
        for (int point = 0; point < POINTS_PER_SLICE; point++) {
            double x = 2 * random.nextDouble() - 1;
            double y = 2 * random.nextDouble() - 1;
            if (x * x + y * y <= 1) {
                count++;
            }
        }
        return count;
    }
}
