package org.apache.spark.examples;

import java.util.Arrays;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;

import scala.Tuple2;

/** Counts words: {@code JavaWordCount FILE}, with the output of Spark's own example. */
public final class JavaWordCount {
    private JavaWordCount() {}

    public static void main(String[] args) {
        if (args.length < 1) {
            System.err.println("Usage: JavaWordCount <file>");
            System.exit(1);
        }
        try (JavaSparkContext context = new JavaSparkContext(new SparkConf().setAppName("JavaWordCount"))) {
            JavaPairRDD<String, Integer> counts = context.textFile(args[0])
                .flatMap(line -> Arrays.asList(line.split(" ")).iterator())
                .mapToPair(word -> new Tuple2<>(word, 1))
                .reduceByKey(Integer::sum);
            for (Tuple2<String, Integer> count : counts.collect()) {
                System.out.println(count._1() + ": " + count._2());
            }
        }
    }
}
