package emrsim.examples;

import org.apache.hadoop.util.ProgramDriver;

/** The programs of hadoop-mapreduce-examples.jar that are here, with its names and arguments. */
public final class Examples {

    private Examples() {}

    public static void main(String[] arguments) throws Throwable {
        ProgramDriver driver = new ProgramDriver();
        driver.addClass("grep", Grep.class,
                "A map/reduce program that counts the matches of a regex in the input.");
        driver.addClass("pi", QuasiMonteCarlo.class,
                "A map/reduce program that estimates Pi using a quasi-Monte Carlo method.");
        driver.addClass("teragen", TeraGen.class, "Generate data for the terasort");
        driver.addClass("terasort", TeraSort.class, "Run the terasort");
        driver.addClass("teravalidate", TeraValidate.class, "Checking results of terasort");
        driver.addClass("wordcount", WordCount.class,
                "A map/reduce program that counts the words in the input files.");
        System.exit(driver.run(arguments));
    }
}
