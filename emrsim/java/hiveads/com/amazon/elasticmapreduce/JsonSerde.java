package com.amazon.elasticmapreduce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.serde.serdeConstants;
import org.apache.hadoop.hive.serde2.AbstractSerDe;
import org.apache.hadoop.hive.serde2.SerDeException;
import org.apache.hadoop.hive.serde2.SerDeStats;
import org.apache.hadoop.hive.serde2.objectinspector.ObjectInspector;
import org.apache.hadoop.hive.serde2.objectinspector.ObjectInspectorUtils;
import org.apache.hadoop.hive.serde2.objectinspector.StructField;
import org.apache.hadoop.hive.serde2.objectinspector.StructObjectInspector;
import org.apache.hadoop.hive.serde2.typeinfo.StructTypeInfo;
import org.apache.hadoop.hive.serde2.typeinfo.TypeInfo;
import org.apache.hadoop.hive.serde2.typeinfo.TypeInfoFactory;
import org.apache.hadoop.hive.serde2.typeinfo.TypeInfoUtils;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;

/**
 * Hive's rows as lines of JSON: emrsim's own, with the name and the property of the class in EMR's sample.
 *
 * <p>The table's property {@code paths} names a member for each column, {@code a.b} for one within another; without it
 * they are called as the columns are. Numbers, strings and booleans only, which is what the sample has.
 */
public final class JsonSerde extends AbstractSerDe {
    private static final ObjectMapper JSON = new ObjectMapper();

    private List<String> paths;
    private List<TypeInfo> types;
    private ObjectInspector inspector;

    @SuppressWarnings("deprecation") // abstract in Hive 2, so one has to
    @Override
    public void initialize(Configuration conf, Properties table) throws SerDeException {
        List<String> columns = words(table.getProperty(serdeConstants.LIST_COLUMNS, ""));
        types = TypeInfoUtils.getTypeInfosFromTypeString(
                table.getProperty(serdeConstants.LIST_COLUMN_TYPES, ""));
        paths = words(table.getProperty("paths", String.join(",", columns)));
        if (paths.size() != columns.size()) {
            throw new SerDeException("paths names " + paths.size() + " members for " + columns.size() + " columns");
        }
        StructTypeInfo row = (StructTypeInfo) TypeInfoFactory.getStructTypeInfo(columns, types);
        inspector = TypeInfoUtils.getStandardJavaObjectInspectorFromTypeInfo(row);
    }

    private static List<String> words(String text) {
        return text.trim().isEmpty() ? new ArrayList<>() : Arrays.asList(text.trim().split("\\s*,\\s*"));
    }

    @Override
    public Object deserialize(Writable line) throws SerDeException {
        JsonNode record;
        try {
            record = JSON.readTree(line.toString());
        } catch (JsonProcessingException error) {
            throw new SerDeException("not a line of JSON: " + line, error);
        }
        List<Object> row = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            row.add(value(record.at("/" + paths.get(i).replace('.', '/')), types.get(i)));
        }
        return row;
    }

    private static Object value(JsonNode node, TypeInfo type) throws SerDeException {
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        switch (type.getTypeName()) {
            case serdeConstants.STRING_TYPE_NAME: return node.isValueNode() ? node.asText() : node.toString();
            case serdeConstants.INT_TYPE_NAME: return node.asInt();
            case serdeConstants.BIGINT_TYPE_NAME: return node.asLong();
            case serdeConstants.DOUBLE_TYPE_NAME: return node.asDouble();
            case serdeConstants.BOOLEAN_TYPE_NAME: return node.asBoolean();
            default: throw new SerDeException("JsonSerde has no columns of the type " + type.getTypeName());
        }
    }

    @Override
    public Writable serialize(Object row, ObjectInspector type) {
        StructObjectInspector struct = (StructObjectInspector) type;
        ObjectNode record = JSON.createObjectNode();
        int column = 0;
        for (StructField field : struct.getAllStructFieldRefs()) {
            Object value = ObjectInspectorUtils.copyToStandardJavaObject(
                    struct.getStructFieldData(row, field), field.getFieldObjectInspector());
            record.set(paths.get(column++), JSON.valueToTree(value));
        }
        return new Text(record.toString());
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
