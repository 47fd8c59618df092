package emrsim.hive;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapred.RecordReader;

/** A reader that passes over the first lines, and never gives the last ones: it reads that much ahead. */
final class TrimmedLines implements RecordReader<LongWritable, Text> {
    private final RecordReader<LongWritable, Text> lines;
    private final int footer;
    private final Deque<Text> ahead = new ArrayDeque<>();

    TrimmedLines(RecordReader<LongWritable, Text> lines, Trim trim) throws IOException {
        this.lines = lines;
        this.footer = trim.footer;
        LongWritable key = lines.createKey();
        Text line = lines.createValue();
        for (int i = 0; i < trim.header && lines.next(key, line); i++) {
            // passed over
        }
    }

    @Override
    public boolean next(LongWritable key, Text value) throws IOException {
        while (ahead.size() < footer) {
            if (!lines.next(key, value)) {
                return false;
            }
            ahead.add(new Text(value));
        }
        if (!lines.next(key, value)) {
            return false;
        }
        if (footer > 0) {
            ahead.add(new Text(value));
            value.set(ahead.remove());
        }
        return true;
    }

    @Override
    public LongWritable createKey() {
        return lines.createKey();
    }

    @Override
    public Text createValue() {
        return lines.createValue();
    }

    @Override
    public long getPos() throws IOException {
        return lines.getPos();
    }

    @Override
    public float getProgress() throws IOException {
        return lines.getProgress();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
