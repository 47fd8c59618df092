package org.apache.spark.examples;

/** Computes an approximation of pi: {@code SparkPi [slices]}, with the output of Spark's own example. */
public final class SparkPi {
    private SparkPi() {}

    public static void main(String[] args) {
        Pi.compute("Spark Pi", args);
    }
}
