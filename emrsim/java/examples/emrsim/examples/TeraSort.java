package emrsim.examples;

import org.apache.hadoop.conf.Configured;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.lib.input.FileInputFormat;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.mapreduce.lib.partition.InputSampler;
import org.apache.hadoop.mapreduce.lib.partition.TotalOrderPartitioner;
import org.apache.hadoop.util.Tool;
import org.apache.hadoop.util.ToolRunner;

/** Sorts records of 100 bytes, over all parts: {@code terasort <in> <out>}. */
public final class TeraSort extends Configured implements Tool {
    private static final int SAMPLES = 100_000;
    private static final int SAMPLED_SPLITS = 10;

    public static void main(String[] arguments) throws Exception {
        System.exit(ToolRunner.run(null, new TeraSort(), arguments));
    }

    @Override
    public int run(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("terasort <in> <out>");
            return 2;
        }
        Job job = Job.getInstance(getConf(), "TeraSort");
        job.setJarByClass(TeraSort.class);
        FileInputFormat.setInputPaths(job, new Path(arguments[0]));
        Path out = new Path(arguments[1]);
        FileOutputFormat.setOutputPath(job, out);
        job.setOutputKeyClass(Text.class);
        job.setOutputValueClass(Text.class);
        job.setInputFormatClass(TeraRecords.Input.class);
        job.setOutputFormatClass(TeraRecords.Output.class);
        if (job.getNumReduceTasks() > 1) {
            return sortedInParts(job, out);
        }
        return job.waitForCompletion(true) ? 0 : 1;
    }

    /** With keys, sampled from the input, where one part ends and the next begins. */
    private static int sortedInParts(Job job, Path out) throws Exception {
        Path file = out.getFileSystem(job.getConfiguration()).makeQualified(
                out.suffix("_partition.lst"));
        TotalOrderPartitioner.setPartitionFile(job.getConfiguration(), file);
        job.setPartitionerClass(TotalOrderPartitioner.class);
        try {
            InputSampler.writePartitionFile(job, new InputSampler.SplitSampler<Text, Text>(
                    SAMPLES, SAMPLED_SPLITS));
            return job.waitForCompletion(true) ? 0 : 1;
        } finally {
            file.getFileSystem(job.getConfiguration()).delete(file, false);
        }
    }
}
