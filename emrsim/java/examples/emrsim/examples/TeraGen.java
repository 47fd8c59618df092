package emrsim.examples;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configured;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.mapreduce.InputFormat;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.MRJobConfig;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.util.Tool;
import org.apache.hadoop.util.ToolRunner;

/** Makes the records that terasort sorts: {@code teragen <num rows> <output dir>}. */
public final class TeraGen extends Configured implements Tool {
    private static final String ROWS = "mapreduce.terasort.num-rows";

    public static void main(String[] arguments) throws Exception {
        System.exit(ToolRunner.run(null, new TeraGen(), arguments));
    }

    @Override
    public int run(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("teragen <num rows> <output dir>");
            return 2;
        }
        getConf().setLong(ROWS, rows(arguments[0]));
        Job job = Job.getInstance(getConf(), "TeraGen");
        job.setJarByClass(TeraGen.class);
        job.setMapperClass(Maker.class);
        job.setNumReduceTasks(0);
        job.setOutputKeyClass(Text.class);
        job.setOutputValueClass(Text.class);
        job.setInputFormatClass(Ranges.class);
        job.setOutputFormatClass(TeraRecords.Output.class);
        FileOutputFormat.setOutputPath(job, new Path(arguments[1]));
        return job.waitForCompletion(true) ? 0 : 1;
    }

    /** {@code 10k}, {@code 5m}, {@code 2b}, {@code 1t}: thousands and so on. */
    private static long rows(String text) {
        int scale = "kmbt".indexOf(Character.toLowerCase(text.charAt(text.length() - 1)));
        if (scale < 0) {
            return Long.parseLong(text);
        }
        return Long.parseLong(text.substring(0, text.length() - 1)) * (long) Math.pow(1000, scale + 1);
    }

    /** As many ranges of rows as there are to be maps. */
    public static final class Ranges extends InputFormat<LongWritable, NullWritable> {
        @Override
        public List<InputSplit> getSplits(JobContext job) {
            long rows = job.getConfiguration().getLong(ROWS, 0);
            int maps = job.getConfiguration().getInt(MRJobConfig.NUM_MAPS, 1);
            List<InputSplit> ranges = new ArrayList<>();
            for (int i = 0; i < maps; i++) {
                long first = (long) Math.ceil(rows * (double) i / maps);
                ranges.add(new Range(first, (long) Math.ceil(rows * (double) (i + 1) / maps) - first));
            }
            return ranges;
        }

        @Override
        public RecordReader<LongWritable, NullWritable> createRecordReader(
                InputSplit split, TaskAttemptContext context) {
            return new RangeReader();
        }
    }

    /** {@code count} rows from {@code first} on. */
    public static final class Range extends InputSplit implements Writable {
        private long first;
        private long count;

        /** For Hadoop, which fills it by {@link #readFields}. */
        public Range() {}

        Range(long first, long count) {
            this.first = first;
            this.count = count;
        }

        @Override
        public long getLength() {
            return 0;
        }

        @Override
        public String[] getLocations() {
            return new String[0];
        }

        @Override
        public void write(DataOutput out) throws IOException {
            out.writeLong(first);
            out.writeLong(count);
        }

        @Override
        public void readFields(DataInput in) throws IOException {
            first = in.readLong();
            count = in.readLong();
        }
    }

    private static final class RangeReader extends RecordReader<LongWritable, NullWritable> {
        private final LongWritable row = new LongWritable();
        private Range range;
        private long done;

        @Override
        public void initialize(InputSplit split, TaskAttemptContext context) {
            range = (Range) split;
        }

        @Override
        public boolean nextKeyValue() {
            if (done >= range.count) {
                return false;
            }
            row.set(range.first + done);
            done++;
            return true;
        }

        @Override
        public LongWritable getCurrentKey() {
            return row;
        }

        @Override
        public NullWritable getCurrentValue() {
            return NullWritable.get();
        }

        @Override
        public float getProgress() {
            return range.count == 0 ? 1 : (float) done / range.count;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    /** A row's number to its record. */
    public static final class Maker extends Mapper<LongWritable, NullWritable, Text, Text> {
        private final byte[] record = new byte[TeraRecords.RECORD_BYTES];
        private final Text key = new Text();
        private final Text value = new Text();
        private BigInteger random;

        @Override
        protected void map(LongWritable row, NullWritable nothing, Context context)
                throws IOException, InterruptedException {
            random = random == null ? TeraRandom.number(row.get()) : TeraRandom.next(random);
            TeraRandom.fill(record, random, row.get());
            key.set(record, 0, TeraRecords.KEY_BYTES);
            value.set(record, TeraRecords.KEY_BYTES, TeraRecords.RECORD_BYTES - TeraRecords.KEY_BYTES);
            context.write(key, value);
        }
    }
}
