package emrsim.examples;

import java.io.IOException;
import java.math.BigInteger;
import java.util.zip.CRC32;
import org.apache.hadoop.conf.Configured;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.Reducer;
import org.apache.hadoop.mapreduce.lib.input.FileInputFormat;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.util.Tool;
import org.apache.hadoop.util.ToolRunner;

/**
 * Checks that terasort's output is sorted: {@code teravalidate <out-dir> <report-dir>}.
 *
 * <p>The report has the sum of the records' CRC-32 as {@code checksum}, and a line {@code error} for each place that is
 * out of order (assumed: the wording of those lines).
 */
public final class TeraValidate extends Configured implements Tool {
    private static final Text ERROR = new Text("error");
    private static final Text CHECKSUM = new Text("checksum");

    public static void main(String[] arguments) throws Exception {
        System.exit(ToolRunner.run(null, new TeraValidate(), arguments));
    }

    @Override
    public int run(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("teravalidate <out-dir> <report-dir>");
            return 1;
        }
        Job job = Job.getInstance(getConf(), "TeraValidate");
        job.setJarByClass(TeraValidate.class);
        job.setMapperClass(Checker.class);
        job.setReducerClass(Joiner.class);
        job.setOutputKeyClass(Text.class);
        job.setOutputValueClass(Text.class);
        job.setNumReduceTasks(1);
        job.setInputFormatClass(WholeFiles.class);
        FileInputFormat.setInputPaths(job, new Path(arguments[0]));
        FileOutputFormat.setOutputPath(job, new Path(arguments[1]));
        return job.waitForCompletion(true) ? 0 : 1;
    }

    private static String hex(byte[] bytes, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(String.format(" %02x", bytes[i]));
        }
        return text.substring(Math.min(1, text.length()));
    }

    /** One map for a file, so that it sees its order. */
    public static final class WholeFiles extends TeraRecords.Input {
        @Override
        protected boolean isSplitable(org.apache.hadoop.mapreduce.JobContext context, Path file) {
            return false;
        }
    }

    /** The records of a part to its first and last key, its checksum, and what is wrong in it. */
    public static final class Checker extends Mapper<Text, Text, Text, Text> {
        private final CRC32 crc = new CRC32();
        private BigInteger sum = BigInteger.ZERO;
        private Text last;
        private String file;

        @Override
        protected void setup(Context context) {
            file = ((FileSplit) context.getInputSplit()).getPath().getName();
        }

        @Override
        protected void map(Text key, Text value, Context context) throws IOException, InterruptedException {
            crc.reset();
            crc.update(key.getBytes(), 0, key.getLength());
            crc.update(value.getBytes(), 0, value.getLength());
            sum = sum.add(BigInteger.valueOf(crc.getValue()));
            if (last == null) {
                context.write(new Text(file + ":begin"), key);
                last = new Text(key);
            } else if (key.compareTo(last) < 0) {
                context.write(ERROR, new Text("misorder in " + file + " between "
                        + hex(last.getBytes(), last.getLength()) + " and " + hex(key.getBytes(), key.getLength())));
            }
            last.set(key);
        }

        @Override
        protected void cleanup(Context context) throws IOException, InterruptedException {
            if (last != null) {
                context.write(new Text(file + ":end"), last);
            }
            context.write(CHECKSUM, new Text(sum.toString(16)));
        }
    }

    /** The parts, which come in the order of their names, to the report. */
    public static final class Joiner extends Reducer<Text, Text, Text, Text> {
        private final Text lastName = new Text();
        private final Text last = new Text();
        private boolean isFirst = true;

        @Override
        protected void reduce(Text name, Iterable<Text> values, Context context)
                throws IOException, InterruptedException {
            if (name.equals(ERROR)) {
                for (Text value : values) {
                    context.write(name, value);
                }
            } else if (name.equals(CHECKSUM)) {
                BigInteger sum = BigInteger.ZERO;
                for (Text value : values) {
                    sum = sum.add(new BigInteger(value.toString(), 16));
                }
                context.write(CHECKSUM, new Text(sum.toString(16)));
            } else {
                follow(name, values.iterator().next(), context);
            }
        }

        private void follow(Text name, Text key, Context context) throws IOException, InterruptedException {
            if (!isFirst && key.compareTo(last) < 0) {
                context.write(ERROR, new Text("bad key partitioning:\n  file " + lastName + " key "
                        + hex(last.getBytes(), last.getLength()) + "\n  file " + name + " key "
                        + hex(key.getBytes(), key.getLength())));
            }
            isFirst = false;
            lastName.set(name);
            last.set(key);
        }
    }
}
