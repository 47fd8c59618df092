package emrsim.hive;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver;

/** Spark's SQL shell, with an output that can be muted: Hive's prints nothing for SET, and no header for CREATE. */
public final class Shell {
    private Shell() {}

    /** Takes the arguments of spark-sql. */
    public static void main(String[] arguments) throws Exception {
        MutedOutput output = new MutedOutput(System.out);
        Runtime.getRuntime().addShutdownHook(new Thread(output::end));
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8.name()));
        SparkSQLCLIDriver.main(arguments);
    }
}
