package emrsim.samples.cloudburst;

import java.io.IOException;
import java.util.Locale;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.IntWritable;
import org.apache.hadoop.mapred.FileInputFormat;
import org.apache.hadoop.mapred.FileOutputFormat;
import org.apache.hadoop.mapred.JobClient;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.SequenceFileInputFormat;
import org.apache.hadoop.mapred.SequenceFileOutputFormat;
import org.apache.hadoop.mapred.lib.IdentityMapper;
import org.apache.hadoop.mapred.lib.MultipleInputs;

/**
 * Maps short reads to a reference genome: seed and extend, on MapReduce.
 *
 * <p>A program of emrsim's own with the arguments, the input and the results of CloudBurst 1.0 (M. Schatz,
 * "CloudBurst: highly sensitive read mapping with MapReduce", Bioinformatics 25, 2009).
 */
public final class CloudBurst {
    private static final String USAGE = String.join(System.lineSeparator(),
            "Usage: CloudBurst refpath qrypath outpath readlen k allowdifferences filteralignments"
                    + " #mappers #reducers #fmappers #freducers blocksize redundancy",
            "",
            "refpath:          the reference, .br file(s)",
            "qrypath:          the reads, .br file(s)",
            "outpath:          directory of the results, deleted first",
            "readlen:          length of the reads",
            "k:                number of differences allowed",
            "allowdifferences: 0: mismatches only, 1: insertions and deletions as well",
            "filteralignments: 0: all alignments, 1: only the unambiguous best alignment of a read",
            "#mappers:         number of map tasks",
            "#reducers:        number of reduce tasks",
            "#fmappers:        number of map tasks of the filter",
            "#freducers:       number of reduce tasks of the filter",
            "blocksize:        number of reads and of places that are compared at a time",
            "redundancy:       number of copies of seeds of low complexity");

    private CloudBurst() {}

    /** Runs the job, and the filter's if it is asked for; an IOException if one of them fails. */
    public static void main(String[] args) throws IOException {
        if (args.length < 13) {
            System.err.println(USAGE);
            return; // as CloudBurst does: not a failure
        }
        boolean filter = flag("filteralignments", args[6]);
        Path result = new Path(args[2]);
        if (result.isRoot()) {
            throw new IllegalArgumentException("outpath must be a directory of its own, not " + result);
        }
        Path alignments = filter ? result.suffix("-alignments") : result;
        JobConf align = alignJob(args, alignments);
        JobConf select = filterJob(args, alignments, result);

        refuseLossOfInput(align, args, result, alignments);

        long began = System.nanoTime();
        run(align, alignments);
        long aligned = System.nanoTime();
        System.err.println("Alignment time: " + seconds(aligned - began));
        if (filter) {
            run(select, result);
            System.err.println("Filtering time: " + seconds(System.nanoTime() - aligned));
        }
        System.err.println("Total Running time:  " + seconds(System.nanoTime() - began));
    }

    private static void run(JobConf job, Path result) throws IOException {
        System.err.println("  Removing old results");
        // Not in the default file system: the path may be on S3.
        result.getFileSystem(job).delete(result, true);
        JobClient.runJob(job);
        System.err.println(job.getJobName() + " Finished");
    }

    private static JobConf alignJob(String[] args, Path result) {
        Path reference = new Path(args[0]);
        Path reads = new Path(args[1]);
        if (reference.equals(reads)) {
            throw new IllegalArgumentException("refpath and qrypath are the same: " + reads);
        }
        Settings settings = new Settings(number(args[3]), number(args[4]),
                flag("allowdifferences", args[5]), number(args[11]), number(args[12]));
        JobConf job = job("CloudBurst", result, args[7], args[8]);
        settings.store(job);
        MultipleInputs.addInputPath(job, reference, SequenceFileInputFormat.class, ReferenceMapper.class);
        MultipleInputs.addInputPath(job, reads, SequenceFileInputFormat.class, ReadMapper.class);
        job.setMapOutputKeyClass(BytesWritable.class);
        job.setMapOutputValueClass(BytesWritable.class);
        job.setPartitionerClass(Seeds.BySeed.class);
        job.setOutputValueGroupingComparator(Seeds.Grouping.class);
        job.setReducerClass(AlignReducer.class);
        return job;
    }

    private static JobConf filterJob(String[] args, Path alignments, Path result) {
        JobConf job = job("FilterAlignments", result, args[9], args[10]);
        FileInputFormat.setInputPaths(job, alignments);
        job.setInputFormat(SequenceFileInputFormat.class);
        job.setMapperClass(IdentityMapper.class);
        job.setReducerClass(FilterAlignments.class);
        return job;
    }

    private static JobConf job(String name, Path result, String mappers, String reducers) {
        JobConf job = new JobConf(CloudBurst.class);
        job.setJobName(name);
        job.setNumMapTasks(count(mappers));
        job.setNumReduceTasks(count(reducers));
        job.setOutputFormat(SequenceFileOutputFormat.class);
        job.setOutputKeyClass(IntWritable.class);
        job.setOutputValueClass(BytesWritable.class);
        FileOutputFormat.setOutputPath(job, result);
        return job;
    }

    /** What is deleted must not hold what is to be read. */
    private static void refuseLossOfInput(JobConf job, String[] args, Path... results) throws IOException {
        for (Path result : results) {
            String lost = qualified(result, job) + Path.SEPARATOR;
            for (String input : new String[] {args[0], args[1]}) {
                if ((qualified(new Path(input), job) + Path.SEPARATOR).startsWith(lost)) {
                    throw new IllegalArgumentException(
                            result + " would be deleted, and with it the input " + input);
                }
            }
        }
    }

    private static Path qualified(Path path, JobConf job) throws IOException {
        return path.getFileSystem(job).makeQualified(path);
    }

    private static int number(String argument) {
        return Integer.parseInt(argument);
    }

    private static int count(String argument) {
        int count = number(argument);
        if (count < 1) {
            throw new IllegalArgumentException("The number of tasks must be positive, not " + argument);
        }
        return count;
    }

    private static boolean flag(String name, String argument) {
        int value = number(argument);
        if (value != 0 && value != 1) {
            throw new IllegalArgumentException(name + " must be 0 or 1, not " + argument);
        }
        return value == 1;
    }

    private static String seconds(long nanoseconds) {
        return String.format(Locale.ROOT, "%.3f", nanoseconds / 1e9);
    }
}
