package emrsim.hive;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapred.FileSplit;
import org.apache.hadoop.mapred.InputSplit;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.RecordReader;
import org.apache.hadoop.mapred.Reporter;
import org.apache.hadoop.mapred.TextInputFormat;

/** Lines of text files without the first and the last ones, as many as the table's properties say. */
public final class TrimmedText extends TextInputFormat {
    private static final Map<String, Trim> BY_FOLDER = new ConcurrentHashMap<>();

    /** Says what is to be left out of the files in a folder. */
    static void trims(Path folder, Trim trim) {
        BY_FOLDER.put(key(folder), trim);
    }

    @Override
    protected boolean isSplitable(FileSystem files, Path file) {
        return false; // as Hive does with such tables
    }

    @Override
    public InputSplit[] getSplits(JobConf conf, int wanted) throws IOException {
        InputSplit[] splits = super.getSplits(conf, wanted);
        for (int i = 0; i < splits.length; i++) {
            FileSplit file = (FileSplit) splits[i];
            splits[i] = new TrimmedSplit(file, trimOf(file.getPath()));
        }
        return splits;
    }

    @Override
    public RecordReader<LongWritable, Text> getRecordReader(InputSplit split, JobConf conf, Reporter reporter)
            throws IOException {
        RecordReader<LongWritable, Text> lines = super.getRecordReader(split, conf, reporter);
        return new TrimmedLines(lines, ((TrimmedSplit) split).trim());
    }

    /** The table or partition that a file is of is the nearest folder above it. */
    private static Trim trimOf(Path file) throws IOException {
        for (Path folder = file; folder != null; folder = folder.getParent()) {
            Trim trim = BY_FOLDER.get(key(folder));
            if (trim != null) {
                return trim;
            }
        }
        throw new IOException("no table with skip.header.line.count is known for " + file);
    }

    private static String key(Path path) {
        return path.toUri().getAuthority() + path.toUri().getPath();
    }
}
