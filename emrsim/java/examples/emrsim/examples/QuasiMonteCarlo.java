package emrsim.examples;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Random;
import org.apache.hadoop.conf.Configured;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.BooleanWritable;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.Reducer;
import org.apache.hadoop.mapreduce.lib.input.FileInputFormat;
import org.apache.hadoop.mapreduce.lib.input.SequenceFileInputFormat;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.mapreduce.lib.output.SequenceFileOutputFormat;
import org.apache.hadoop.util.Tool;
import org.apache.hadoop.util.ToolRunner;

/** Estimates Pi by points of Halton's sequence that are within a circle: {@code pi <nMaps> <nSamples>}. */
public final class QuasiMonteCarlo extends Configured implements Tool {
    private static final int DIGITS = 20;

    public static void main(String[] arguments) throws Exception {
        System.exit(ToolRunner.run(null, new QuasiMonteCarlo(), arguments));
    }

    @Override
    public int run(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("Usage: org.apache.hadoop.examples.QuasiMonteCarlo <nMaps> <nSamples>");
            ToolRunner.printGenericCommandUsage(System.err);
            return 2;
        }
        int maps = Integer.parseInt(arguments[0]);
        long samples = Long.parseLong(arguments[1]);
        System.out.println("Number of Maps  = " + maps);
        System.out.println("Samples per Map = " + samples);
        Path folder = new Path("QuasiMonteCarlo_" + System.currentTimeMillis() + "_" + new Random().nextInt(
                Integer.MAX_VALUE));
        FileSystem system = FileSystem.get(getConf());
        try {
            System.out.println("Estimated value of Pi is " + estimate(maps, samples, system, folder));
        } finally {
            system.delete(folder, true);
        }
        return 0;
    }

    private BigDecimal estimate(int maps, long samples, FileSystem system, Path folder) throws Exception {
        Path in = new Path(folder, "in");
        for (int i = 0; i < maps; i++) {
            write(new Path(in, "part" + i), i * samples, samples);
            System.out.println("Wrote input for Map #" + i);
        }
        System.out.println("Starting Job");
        long start = System.currentTimeMillis();
        Path out = new Path(folder, "out");
        if (!job(in, out).waitForCompletion(true)) {
            throw new IOException("the job failed");
        }
        System.out.println("Job Finished in " + (System.currentTimeMillis() - start) / 1000.0 + " seconds");
        return BigDecimal.valueOf(4).setScale(DIGITS)
                .multiply(BigDecimal.valueOf(inside(new Path(out, "part-r-00000"))))
                .divide(BigDecimal.valueOf(maps), RoundingMode.HALF_UP)
                .divide(BigDecimal.valueOf(samples), RoundingMode.HALF_UP);
    }

    private void write(Path file, long offset, long samples) throws IOException {
        try (SequenceFile.Writer writer = SequenceFile.createWriter(
                getConf(), SequenceFile.Writer.file(file.getFileSystem(getConf()).makeQualified(file)),
                SequenceFile.Writer.keyClass(LongWritable.class),
                SequenceFile.Writer.valueClass(LongWritable.class))) {
            writer.append(new LongWritable(offset), new LongWritable(samples));
        }
    }

    private Job job(Path in, Path out) throws IOException {
        Job job = Job.getInstance(getConf(), QuasiMonteCarlo.class.getSimpleName());
        job.setJarByClass(QuasiMonteCarlo.class);
        job.setInputFormatClass(SequenceFileInputFormat.class);
        job.setOutputFormatClass(SequenceFileOutputFormat.class);
        job.setMapOutputKeyClass(BooleanWritable.class);
        job.setMapOutputValueClass(LongWritable.class);
        job.setOutputKeyClass(LongWritable.class);
        job.setOutputValueClass(LongWritable.class);
        job.setMapperClass(Counter.class);
        job.setReducerClass(Adder.class);
        job.setNumReduceTasks(1);
        job.setSpeculativeExecution(false);
        FileInputFormat.setInputPaths(job, in);
        FileOutputFormat.setOutputPath(job, out);
        return job;
    }

    private long inside(Path result) throws IOException {
        LongWritable inside = new LongWritable();
        try (SequenceFile.Reader reader = new SequenceFile.Reader(
                getConf(), SequenceFile.Reader.file(result.getFileSystem(getConf()).makeQualified(result)))) {
            reader.next(inside, new LongWritable());
        }
        return inside.get();
    }

    /** Where to begin in the sequence and how many points, to how many are within the circle and how many not. */
    public static final class Counter
            extends Mapper<LongWritable, LongWritable, BooleanWritable, LongWritable> {
        @Override
        protected void map(LongWritable offset, LongWritable size, Context context)
                throws IOException, InterruptedException {
            Halton points = new Halton(offset.get());
            long inside = 0;
            for (long i = 0; i < size.get(); i++) {
                double[] point = points.next();
                double x = point[0] - 0.5;
                double y = point[1] - 0.5;
                if (x * x + y * y <= 0.25) {
                    inside++;
                }
            }
            context.write(new BooleanWritable(true), new LongWritable(inside));
            context.write(new BooleanWritable(false), new LongWritable(size.get() - inside));
        }
    }

    /** All counts to one record: within the circle, and not. */
    public static final class Adder
            extends Reducer<BooleanWritable, LongWritable, LongWritable, LongWritable> {
        private long inside;
        private long outside;

        @Override
        protected void reduce(BooleanWritable isInside, Iterable<LongWritable> counts, Context context) {
            for (LongWritable count : counts) {
                if (isInside.get()) {
                    inside += count.get();
                } else {
                    outside += count.get();
                }
            }
        }

        @Override
        protected void cleanup(Context context) throws IOException, InterruptedException {
            context.write(new LongWritable(inside), new LongWritable(outside));
        }
    }
}
