package emrsim.hive;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.spark.internal.io.FileNameSpec;
import org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol;

/**
 * Spark's way of committing what a query writes, with Hive's names of files: {@code 000000_0}, {@code 000001_0.gz}.
 *
 * <p>Only where Spark writes to a folder aside and Hive's classes move the files: they see to a name that is taken.
 */
public final class HiveNames extends SQLHadoopMapReduceCommitProtocol {
    private static final long serialVersionUID = 1;
    private static final String ASIDE = "-ext-1"; // of Hive's names for it: .hive-staging_hive_…/-ext-10000
    private static final Pattern SUFFIX = Pattern.compile("-c(\\d+)(.*)");

    private final boolean isAside;

    /** As Spark's reflection makes it. */
    public HiveNames(String jobId, String path, boolean dynamicPartitionOverwrite) {
        super(jobId, path, dynamicPartitionOverwrite);
        isAside = path != null && path.contains(ASIDE);
    }

    @Override
    public String getFilename(TaskAttemptContext task, FileNameSpec spec) {
        Matcher suffix = SUFFIX.matcher(spec.suffix());
        if (!isAside || !spec.prefix().isEmpty() || !suffix.matches()) {
            return super.getFilename(task, spec);
        }
        String ending = suffix.group(2);
        boolean isColumnar = ending.endsWith(".orc") || ending.endsWith(".parquet"); // Hive's have no ending
        int number = task.getTaskAttemptID().getTaskID().getId();
        return String.format("%06d_%d%s", number, Integer.parseInt(suffix.group(1)), isColumnar ? "" : ending);
    }
}
