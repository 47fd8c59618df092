package org.apache.hadoop.hive.contrib.serde2;

import java.util.List;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.serde.serdeConstants;
import org.apache.hadoop.hive.serde2.SerDeException;
import org.apache.hadoop.hive.serde2.objectinspector.ObjectInspector;
import org.apache.hadoop.hive.serde2.objectinspector.ObjectInspectorUtils;
import org.apache.hadoop.hive.serde2.objectinspector.StructField;
import org.apache.hadoop.hive.serde2.objectinspector.StructObjectInspector;
import org.apache.hadoop.hive.serde2.typeinfo.TypeInfo;
import org.apache.hadoop.hive.serde2.typeinfo.TypeInfoUtils;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;

/**
 * Lines that match {@code input.regex}, with columns of strings; written as {@code output.format.string} says.
 *
 * <p>emrsim's own, over the one that Hive has without {@code contrib}, which cannot write.
 */
public final class RegexSerDe extends org.apache.hadoop.hive.serde2.RegexSerDe {
    private String outputFormat;

    @Override
    public void initialize(Configuration conf, Properties table) throws SerDeException {
        List<TypeInfo> types = TypeInfoUtils.getTypeInfosFromTypeString(
                table.getProperty(serdeConstants.LIST_COLUMN_TYPES, ""));
        for (int i = 0; i < types.size(); i++) {
            if (!types.get(i).getTypeName().equals(serdeConstants.STRING_TYPE_NAME)) {
                throw new SerDeException(getClass().getName() + " only accepts string columns, but column[" + i
                        + "] has type " + types.get(i).getTypeName());
            }
        }
        super.initialize(conf, table);
        outputFormat = table.getProperty("output.format.string");
    }

    @Override
    public Writable serialize(Object row, ObjectInspector type) throws SerDeException {
        if (outputFormat == null) {
            throw new SerDeException("Cannot write data into table because \"output.format.string\" is not specified "
                    + "in serde properties of the table.");
        }
        StructObjectInspector struct = (StructObjectInspector) type;
        List<? extends StructField> fields = struct.getAllStructFieldRefs();
        Object[] values = new Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = ObjectInspectorUtils.copyToStandardJavaObject(
                    struct.getStructFieldData(row, fields.get(i)), fields.get(i).getFieldObjectInspector());
        }
        return new Text(String.format(outputFormat, values));
    }

    @Override
    public Class<? extends Writable> getSerializedClass() {
        return Text.class;
    }
}
