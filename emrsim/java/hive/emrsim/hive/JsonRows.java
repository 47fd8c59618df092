package emrsim.hive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.serde.serdeConstants;
import org.apache.hadoop.hive.serde2.AbstractSerDe;
import org.apache.hadoop.hive.serde2.SerDeException;
import org.apache.hadoop.hive.serde2.SerDeStats;
import org.apache.hadoop.hive.serde2.objectinspector.ObjectInspector;
import org.apache.hadoop.hive.serde2.typeinfo.StructTypeInfo;
import org.apache.hadoop.hive.serde2.typeinfo.TypeInfo;
import org.apache.hadoop.hive.serde2.typeinfo.TypeInfoFactory;
import org.apache.hadoop.hive.serde2.typeinfo.TypeInfoUtils;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;

/**
 * Rows as lines of JSON, all of Hive's types among them: what Hive's two SerDes for JSON have in common.
 *
 * <p>Names of members are found in any case, those that the table lacks are passed over, those that the line lacks are
 * null. A line that is no JSON object, and a value that is not of its column's type, fail the query, unless the table
 * has {@code ignore.malformed.json}: then all columns are null.
 */
public abstract class JsonRows extends AbstractSerDe {
    private static final ObjectMapper JSON = new ObjectMapper();

    private StructTypeInfo row;
    private ObjectInspector inspector;
    private boolean ignoresMalformed;

    @SuppressWarnings("deprecation") // abstract in Hive 2, so one has to
    @Override
    public void initialize(Configuration conf, Properties table) throws SerDeException {
        String names = table.getProperty(serdeConstants.LIST_COLUMNS, "");
        List<String> columns = names.isEmpty() ? Collections.emptyList() : Arrays.asList(names.split(","));
        List<TypeInfo> types = TypeInfoUtils.getTypeInfosFromTypeString(
                table.getProperty(serdeConstants.LIST_COLUMN_TYPES, ""));
        row = (StructTypeInfo) TypeInfoFactory.getStructTypeInfo(columns, types);
        inspector = TypeInfoUtils.getStandardJavaObjectInspectorFromTypeInfo(row);
        ignoresMalformed = Boolean.parseBoolean(table.getProperty("ignore.malformed.json", "false"));
    }

    @Override
    public Object deserialize(Writable line) throws SerDeException {
        try {
            JsonNode record = JSON.readTree(line.toString());
            if (record == null || !record.isObject()) {
                throw new SerDeException("not an object of JSON: " + line);
            }
            return JsonValues.read(record, row);
        } catch (JsonProcessingException | SerDeException error) {
            if (ignoresMalformed) {
                return Arrays.asList(new Object[row.getAllStructFieldNames().size()]);
            }
            throw error instanceof SerDeException
                    ? (SerDeException) error
                    : new SerDeException("not a line of JSON: " + line, error);
        }
    }

    @Override
    public Writable serialize(Object values, ObjectInspector type) throws SerDeException {
        return new Text(JsonValues.write(values, type, row.getAllStructFieldNames()).toString());
    }

    @Override
    public Class<? extends Writable> getSerializedClass() {
        return Text.class;
    }

    @Override
    public ObjectInspector getObjectInspector() {
        return inspector;
    }

    @Override
    public SerDeStats getSerDeStats() {
        return null; // Hive asks for none of a table without statistics
    }
}
