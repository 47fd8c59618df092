package emrsim.examples;

import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.RecordWriter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.lib.input.FileInputFormat;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;

/** The records of terasort: a key of 10 bytes and a value of 90, without anything between. */
public final class TeraRecords {
    static final int KEY_BYTES = 10;
    static final int RECORD_BYTES = 100;

    private TeraRecords() {}

    /** Splits files at records. */
    public static class Input extends FileInputFormat<Text, Text> {
        @Override
        protected long computeSplitSize(long blockBytes, long minBytes, long maxBytes) {
            long bytes = super.computeSplitSize(blockBytes, minBytes, maxBytes);
            return Math.max(RECORD_BYTES, bytes - bytes % RECORD_BYTES);
        }

        @Override
        public RecordReader<Text, Text> createRecordReader(InputSplit split, TaskAttemptContext context) {
            return new Reader();
        }
    }

    private static final class Reader extends RecordReader<Text, Text> {
        private final byte[] record = new byte[RECORD_BYTES];
        private final Text key = new Text();
        private final Text value = new Text();
        private FSDataInputStream in;
        private long length;
        private long done;

        @Override
        public void initialize(InputSplit split, TaskAttemptContext context) throws IOException {
            FileSplit part = (FileSplit) split;
            Path file = part.getPath();
            in = file.getFileSystem(context.getConfiguration()).open(file);
            in.seek(part.getStart());
            length = part.getLength();
        }

        @Override
        public boolean nextKeyValue() throws IOException {
            if (done >= length) {
                return false;
            }
            try {
                in.readFully(record);
            } catch (EOFException cut) {
                throw (IOException) new EOFException("read past eof: a record is not whole").initCause(cut);
            }
            key.set(record, 0, KEY_BYTES);
            value.set(record, KEY_BYTES, RECORD_BYTES - KEY_BYTES);
            done += RECORD_BYTES;
            return true;
        }

        @Override
        public Text getCurrentKey() {
            return key;
        }

        @Override
        public Text getCurrentValue() {
            return value;
        }

        @Override
        public float getProgress() {
            return length == 0 ? 1 : (float) done / length;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /** Writes keys and values, nothing else. */
    public static final class Output extends FileOutputFormat<Text, Text> {
        @Override
        public RecordWriter<Text, Text> getRecordWriter(TaskAttemptContext context) throws IOException {
            Path file = getDefaultWorkFile(context, "");
            DataOutputStream out = file.getFileSystem(context.getConfiguration()).create(file, false);
            return new RecordWriter<Text, Text>() {
                @Override
                public void write(Text key, Text value) throws IOException {
                    out.write(key.getBytes(), 0, key.getLength());
                    out.write(value.getBytes(), 0, value.getLength());
                }

                @Override
                public void close(TaskAttemptContext ended) throws IOException {
                    out.close();
                }
            };
        }
    }
}
