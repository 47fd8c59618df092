package emrsim.hive;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.serde.serdeConstants;
import org.apache.hadoop.hive.serde2.ByteStream;
import org.apache.hadoop.hive.serde2.SerDeException;
import org.apache.hadoop.hive.serde2.lazy.LazySerDeParameters;
import org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe;
import org.apache.hadoop.hive.serde2.objectinspector.ObjectInspector;
import org.apache.hadoop.hive.serde2.objectinspector.StructField;
import org.apache.hadoop.hive.serde2.objectinspector.StructObjectInspector;
import org.apache.hadoop.io.BinaryComparable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;

/**
 * Rows whose fields are parted by a text of several characters, {@code field.delim}.
 *
 * <p>Within a field {@code collection.delim} and {@code mapkey.delim} are single characters, as Hive has it.
 */
public class DelimitedRows extends LazySimpleSerDe {
    private static final String COLLECTION_DELIM = "collection.delim"; // Hive's constant is spelt otherwise
    private static final byte ONE = 1; // parts fields for Hive's own reader

    private byte[] delimiter;
    private LazySerDeParameters parameters;

    /** As Hive's reflection makes it. */
    public DelimitedRows() throws SerDeException {}

    @Override
    public void initialize(Configuration conf, Properties given) throws SerDeException {
        String text = given.getProperty(serdeConstants.FIELD_DELIM, "");
        if (text.isEmpty()) {
            throw new SerDeException("This table does not have serde property \"field.delim\"!");
        }
        delimiter = text.getBytes(StandardCharsets.UTF_8);
        Properties table = new Properties();
        for (String name : given.stringPropertyNames()) {
            table.setProperty(name, given.getProperty(name));
        }
        table.setProperty(serdeConstants.FIELD_DELIM, Byte.toString(ONE));
        table.setProperty(serdeConstants.SERIALIZATION_FORMAT, Byte.toString(ONE));
        if (given.containsKey(COLLECTION_DELIM)) {
            table.setProperty(serdeConstants.COLLECTION_DELIM, given.getProperty(COLLECTION_DELIM));
        }
        super.initialize(conf, table);
        parameters = new LazySerDeParameters(conf, table, getClass().getName());
    }

    @Override
    public Object doDeserialize(Writable line) throws SerDeException {
        BinaryComparable bytes = (BinaryComparable) line;
        return super.doDeserialize(parted(bytes.getBytes(), bytes.getLength()));
    }

    /** The line with one byte for each delimiter. */
    private Text parted(byte[] line, int length) {
        byte[] out = new byte[length];
        int size = 0;
        for (int i = 0; i < length;) {
            if (isDelimiter(line, i, length)) {
                out[size++] = ONE;
                i += delimiter.length;
            } else {
                out[size++] = line[i++];
            }
        }
        Text text = new Text();
        text.set(out, 0, size);
        return text;
    }

    private boolean isDelimiter(byte[] line, int from, int length) {
        if (from + delimiter.length > length) {
            return false;
        }
        for (int i = 0; i < delimiter.length; i++) {
            if (line[from + i] != delimiter[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Writable doSerialize(Object row, ObjectInspector type) throws SerDeException {
        StructObjectInspector struct = (StructObjectInspector) type;
        List<? extends StructField> fields = struct.getAllStructFieldRefs();
        ByteStream.Output out = new ByteStream.Output();
        for (int i = 0; i < fields.size(); i++) {
            if (i > 0) {
                out.write(delimiter, 0, delimiter.length);
            }
            Object value = struct.getStructFieldData(row, fields.get(i));
            serializeField(out, value, fields.get(i).getFieldObjectInspector(), parameters);
        }
        Text line = new Text();
        line.set(out.getData(), 0, out.getLength());
        return line;
    }
}
