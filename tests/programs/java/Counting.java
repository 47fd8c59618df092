import java.io.IOException;
import java.util.Iterator;
import org.apache.hadoop.conf.Configured;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.IntWritable;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapred.JobClient;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.MapReduceBase;
import org.apache.hadoop.mapred.OutputCollector;
import org.apache.hadoop.mapred.Reporter;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.util.Tool;
import org.apache.hadoop.util.ToolRunner;

/** Counts words, with either API: {@code [old|new IN OUT] ...}; the first job that fails ends it. */
public class Counting extends Configured implements Tool {

    public static void main(String[] arguments) throws Exception {
        System.exit(ToolRunner.run(new Counting(), arguments));
    }

    @Override
    public int run(String[] words) throws Exception {
        for (int i = 0; i < words.length; i += 3) {
            boolean isDone = words[i].equals("old")
                    ? old(words[i + 1], words[i + 2]) : fresh(words[i + 1], words[i + 2]);
            if (!isDone) {
                return 1;
            }
        }
        return 0;
    }

    private boolean old(String in, String out) throws Exception {
        JobConf conf = new JobConf(getConf(), Counting.class);
        conf.setMapperClass(OldMapper.class);
        conf.setReducerClass(OldReducer.class);
        conf.setOutputKeyClass(Text.class);
        conf.setOutputValueClass(IntWritable.class);
        org.apache.hadoop.mapred.FileInputFormat.setInputPaths(conf, new Path(in));
        org.apache.hadoop.mapred.FileOutputFormat.setOutputPath(conf, new Path(out));
        return JobClient.runJob(conf).isSuccessful();
    }

    private boolean fresh(String in, String out) throws Exception {
        Job job = Job.getInstance(getConf(), "counting");
        job.setJarByClass(Counting.class);
        job.setMapperClass(NewMapper.class);
        job.setReducerClass(NewReducer.class);
        job.setOutputKeyClass(Text.class);
        job.setOutputValueClass(IntWritable.class);
        org.apache.hadoop.mapreduce.lib.input.FileInputFormat.addInputPath(job, new Path(in));
        org.apache.hadoop.mapreduce.lib.output.FileOutputFormat.setOutputPath(job, new Path(out));
        return job.waitForCompletion(true);
    }

    /** Old API. {@code FOREVER} and {@code MEMORY} in the input do what they say. */
    public static class OldMapper extends MapReduceBase
            implements org.apache.hadoop.mapred.Mapper<LongWritable, Text, Text, IntWritable> {
        @Override
        public void map(
                LongWritable key, Text line, OutputCollector<Text, IntWritable> out, Reporter reporter)
                throws IOException {
            for (String word : line.toString().split(" ")) {
                misbehave(word);
                out.collect(new Text(word), new IntWritable(1));
            }
        }

        private static void misbehave(String word) {
            if (word.equals("FOREVER")) {
                System.out.println("for ever");
                while (true) {
                    Thread.yield();
                }
            }
            if (word.equals("MEMORY")) {
                long[][] all = new long[1 << 20][];
                for (int i = 0; i < all.length; i++) {
                    all[i] = new long[1 << 20];
                }
            }
        }
    }

    /** Old API. */
    public static class OldReducer extends MapReduceBase
            implements org.apache.hadoop.mapred.Reducer<Text, IntWritable, Text, IntWritable> {
        @Override
        public void reduce(
                Text key, Iterator<IntWritable> ones, OutputCollector<Text, IntWritable> out, Reporter reporter)
                throws IOException {
            int sum = 0;
            while (ones.hasNext()) {
                sum += ones.next().get();
            }
            out.collect(key, new IntWritable(sum));
        }
    }

    /** New API. */
    public static class NewMapper
            extends org.apache.hadoop.mapreduce.Mapper<LongWritable, Text, Text, IntWritable> {
        @Override
        protected void map(LongWritable key, Text line, Context context)
                throws IOException, InterruptedException {
            for (String word : line.toString().split(" ")) {
                context.write(new Text(word), new IntWritable(1));
            }
        }
    }

    /** New API. */
    public static class NewReducer
            extends org.apache.hadoop.mapreduce.Reducer<Text, IntWritable, Text, IntWritable> {
        @Override
        protected void reduce(Text key, Iterable<IntWritable> ones, Context context)
                throws IOException, InterruptedException {
            int sum = 0;
            for (IntWritable one : ones) {
                sum += one.get();
            }
            context.write(key, new IntWritable(sum));
        }
    }
}
