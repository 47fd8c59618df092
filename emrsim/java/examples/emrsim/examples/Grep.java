package emrsim.examples;

import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.conf.Configured;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.lib.input.FileInputFormat;
import org.apache.hadoop.mapreduce.lib.input.SequenceFileInputFormat;
import org.apache.hadoop.mapreduce.lib.map.InverseMapper;
import org.apache.hadoop.mapreduce.lib.map.RegexMapper;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.mapreduce.lib.output.SequenceFileOutputFormat;
import org.apache.hadoop.mapreduce.lib.reduce.LongSumReducer;
import org.apache.hadoop.util.Tool;
import org.apache.hadoop.util.ToolRunner;

/** Counts what a regular expression matches, most frequent first: {@code grep <in> <out> <regex> [<group>]}. */
public final class Grep extends Configured implements Tool {

    public static void main(String[] arguments) throws Exception {
        System.exit(ToolRunner.run(new Configuration(), new Grep(), arguments));
    }

    @Override
    public int run(String[] arguments) throws Exception {
        if (arguments.length < 3) {
            System.out.println("Grep <inDir> <outDir> <regex> [<group>]");
            ToolRunner.printGenericCommandUsage(System.out);
            return 2;
        }
        Path matches = new Path("grep-temp-" + new Random().nextInt(Integer.MAX_VALUE));
        Configuration conf = getConf();
        conf.set(RegexMapper.PATTERN, arguments[2]);
        if (arguments.length > 3) {
            conf.set(RegexMapper.GROUP, arguments[3]);
        }
        try {
            boolean isDone = search(arguments[0], matches) && sort(matches, new Path(arguments[1]));
            return isDone ? 0 : 1;
        } finally {
            matches.getFileSystem(conf).delete(matches, true);
        }
    }

    private boolean search(String in, Path out) throws Exception {
        Job job = job("grep-search", in, out);
        job.setMapperClass(RegexMapper.class);
        job.setCombinerClass(LongSumReducer.class);
        job.setReducerClass(LongSumReducer.class);
        job.setOutputFormatClass(SequenceFileOutputFormat.class);
        job.setOutputKeyClass(Text.class);
        job.setOutputValueClass(LongWritable.class);
        return job.waitForCompletion(true);
    }

    private boolean sort(Path in, Path out) throws Exception {
        Job job = job("grep-sort", in.toString(), out);
        job.setInputFormatClass(SequenceFileInputFormat.class);
        job.setMapperClass(InverseMapper.class);
        job.setNumReduceTasks(1);
        job.setSortComparatorClass(LongWritable.DecreasingComparator.class);
        job.setOutputKeyClass(LongWritable.class);
        job.setOutputValueClass(Text.class);
        return job.waitForCompletion(true);
    }

    private Job job(String name, String in, Path out) throws Exception {
        Job job = Job.getInstance(getConf(), name);
        job.setJarByClass(Grep.class);
        FileInputFormat.setInputPaths(job, in);
        FileOutputFormat.setOutputPath(job, out);
        return job;
    }
}
