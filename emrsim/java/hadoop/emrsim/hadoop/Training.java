package emrsim.hadoop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.conf.Configured;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapred.FileInputFormat;
import org.apache.hadoop.mapred.FileOutputFormat;
import org.apache.hadoop.mapred.JobClient;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.util.Tool;
import org.apache.hadoop.util.ToolRunner;

/** Two tiny jobs, one of each MapReduce API: the classes they need are those of most jobs. */
public final class Training extends Configured implements Tool {

    /** Hadoop's generic options, and the folder that is S3. */
    public static void main(String[] arguments) throws Exception {
        System.exit(ToolRunner.run(new Training(), arguments));
    }

    @Override
    public int run(String[] arguments) throws Exception {
        Path input = Files.createDirectories(Paths.get(arguments[0], "bucket", "in"));
        Files.write(input.resolve("lines"), Arrays.asList("one line", "another"));
        newJob(getConf());
        oldJob(getConf());
        return 0;
    }

    private static void newJob(Configuration conf) throws Exception {
        Job job = Job.getInstance(conf, "training");
        job.setJarByClass(Training.class);
        job.setOutputKeyClass(LongWritable.class);
        job.setOutputValueClass(Text.class);
        org.apache.hadoop.mapreduce.lib.input.FileInputFormat.addInputPath(job, in());
        org.apache.hadoop.mapreduce.lib.output.FileOutputFormat.setOutputPath(job, out("new"));
        if (!job.waitForCompletion(true)) {
            throw new IllegalStateException("the job failed");
        }
    }

    private static void oldJob(Configuration settings) throws Exception {
        JobConf conf = new JobConf(settings, Training.class);
        conf.setOutputKeyClass(LongWritable.class);
        conf.setOutputValueClass(Text.class);
        conf.setOutputFormat(org.apache.hadoop.mapred.SequenceFileOutputFormat.class);
        FileInputFormat.setInputPaths(conf, in());
        FileOutputFormat.setOutputPath(conf, out("old"));
        JobClient.runJob(conf);
        read(conf);
    }

    private static void read(JobConf conf) throws Exception {
        List<FileStatus> parts = Arrays.asList(out("old").getFileSystem(conf).globStatus(
                new org.apache.hadoop.fs.Path(out("old"), "part-*")));
        try (SequenceFile.Reader reader = new SequenceFile.Reader(
                conf, SequenceFile.Reader.file(parts.get(0).getPath()))) {
            reader.next(new LongWritable(), new Text());
        }
    }

    private static org.apache.hadoop.fs.Path in() {
        return new org.apache.hadoop.fs.Path("s3n://bucket/in");
    }

    private static org.apache.hadoop.fs.Path out(String name) {
        return new org.apache.hadoop.fs.Path("s3n://bucket/" + name);
    }
}
