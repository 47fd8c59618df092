package emrsim.hive;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.hadoop.mapred.FileSplit;

/** A whole file with what is to be left out of it, for executors that are other processes. */
public final class TrimmedSplit extends FileSplit {
    private Trim trim = Trim.NOTHING;

    /** To be read into. */
    public TrimmedSplit() {
        super();
    }

    TrimmedSplit(FileSplit file, Trim trim) throws IOException {
        super(file.getPath(), file.getStart(), file.getLength(), file.getLocations());
        this.trim = trim;
    }

    Trim trim() {
        return trim;
    }

    @Override
    public void write(DataOutput out) throws IOException {
        super.write(out);
        out.writeInt(trim.header);
        out.writeInt(trim.footer);
    }

    @Override
    public void readFields(DataInput in) throws IOException {
        super.readFields(in);
        trim = new Trim(in.readInt(), in.readInt());
    }
}
