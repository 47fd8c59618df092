package org.apache.spark.examples;

/** Computes an approximation of pi: {@code JavaSparkPi [slices]}, with the output of Spark's own example. */
public final class JavaSparkPi {
    private JavaSparkPi() {}

    public static void main(String[] args) {
        Pi.compute("JavaSparkPi", args);
    }
}
