package emrsim.hive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.hive.common.type.HiveDecimal;
import org.apache.hadoop.hive.serde2.SerDeException;
import org.apache.hadoop.hive.serde2.objectinspector.ListObjectInspector;
import org.apache.hadoop.hive.serde2.objectinspector.MapObjectInspector;
import org.apache.hadoop.hive.serde2.objectinspector.ObjectInspector;
import org.apache.hadoop.hive.serde2.objectinspector.ObjectInspectorConverters;
import org.apache.hadoop.hive.serde2.objectinspector.PrimitiveObjectInspector;
import org.apache.hadoop.hive.serde2.objectinspector.StructField;
import org.apache.hadoop.hive.serde2.objectinspector.StructObjectInspector;
import org.apache.hadoop.hive.serde2.objectinspector.primitive.PrimitiveObjectInspectorFactory;
import org.apache.hadoop.hive.serde2.typeinfo.ListTypeInfo;
import org.apache.hadoop.hive.serde2.typeinfo.MapTypeInfo;
import org.apache.hadoop.hive.serde2.typeinfo.PrimitiveTypeInfo;
import org.apache.hadoop.hive.serde2.typeinfo.StructTypeInfo;
import org.apache.hadoop.hive.serde2.typeinfo.TypeInfo;
import org.apache.hadoop.hive.serde2.typeinfo.TypeInfoUtils;

/** Values of JSON as Hive's Java objects, and back. */
final class JsonValues {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonValues() {}

    /** The value as an object of Hive's standard Java inspectors. Fails if it is not of that type. */
    static Object read(JsonNode node, TypeInfo type) throws SerDeException {
        if (node == null || node.isNull() || node.isMissingNode()) {
            return null;
        }
        switch (type.getCategory()) {
            case PRIMITIVE: return primitive(node, (PrimitiveTypeInfo) type);
            case LIST: return list(expect(node, node.isArray(), type), ((ListTypeInfo) type).getListElementTypeInfo());
            case MAP: return map(expect(node, node.isObject(), type), (MapTypeInfo) type);
            case STRUCT: return struct(expect(node, node.isObject(), type), (StructTypeInfo) type);
            default: throw new SerDeException("columns of the type " + type.getTypeName() + " cannot be JSON");
        }
    }

    private static JsonNode expect(JsonNode node, boolean fits, TypeInfo type) throws SerDeException {
        if (!fits) {
            throw new SerDeException("not a value of the type " + type.getTypeName() + ": " + node);
        }
        return node;
    }

    private static List<Object> list(JsonNode node, TypeInfo element) throws SerDeException {
        List<Object> values = new ArrayList<>();
        for (JsonNode one : node) {
            values.add(read(one, element));
        }
        return values;
    }

    private static Map<Object, Object> map(JsonNode node, MapTypeInfo type) throws SerDeException {
        Map<Object, Object> values = new LinkedHashMap<>();
        for (Iterator<String> names = node.fieldNames(); names.hasNext();) {
            String name = names.next();
            values.put(
                    read(NODES.textNode(name), type.getMapKeyTypeInfo()),
                    read(node.get(name), type.getMapValueTypeInfo()));
        }
        return values;
    }

    private static List<Object> struct(JsonNode node, StructTypeInfo type) throws SerDeException {
        Map<String, JsonNode> members = new LinkedHashMap<>();
        for (Iterator<String> names = node.fieldNames(); names.hasNext();) {
            String name = names.next();
            members.put(name.toLowerCase(Locale.ROOT), node.get(name));
        }
        List<Object> values = new ArrayList<>();
        List<String> names = type.getAllStructFieldNames();
        for (int i = 0; i < names.size(); i++) {
            values.add(read(members.get(names.get(i).toLowerCase(Locale.ROOT)), type.getAllStructFieldTypeInfos().get(i)));
        }
        return values;
    }

    private static Object primitive(JsonNode node, PrimitiveTypeInfo type) throws SerDeException {
        switch (type.getPrimitiveCategory()) {
            case STRING: return text(node);
            case BINARY: return text(node).getBytes(StandardCharsets.UTF_8);
            case BOOLEAN: return bool(node, type);
            default: return converted(node, type);
        }
    }

    /** The text of a string, a number or a boolean as it is; of an object or an array its JSON. */
    private static String text(JsonNode node) {
        return node.isValueNode() ? node.asText() : node.toString();
    }

    private static Boolean bool(JsonNode node, TypeInfo type) throws SerDeException {
        String text = text(node).toLowerCase(Locale.ROOT);
        expect(node, text.equals("true") || text.equals("false"), type);
        return Boolean.valueOf(text);
    }

    /** Numbers, dates and the like, from their text as Hive reads it; a fraction is no integer. */
    private static Object converted(JsonNode node, PrimitiveTypeInfo type) throws SerDeException {
        Object value = ObjectInspectorConverters.getConverter(
                        PrimitiveObjectInspectorFactory.javaStringObjectInspector,
                        TypeInfoUtils.getStandardJavaObjectInspectorFromTypeInfo(type))
                .convert(node.isBigDecimal() || node.isDouble() ? node.decimalValue().toPlainString() : text(node));
        expect(node, value != null, type);
        return value;
    }

    /** The row or value as JSON; `names` are those of the members, or null for the inspector's own. */
    static JsonNode write(Object value, ObjectInspector type, List<String> names) throws SerDeException {
        if (value == null) {
            return NODES.nullNode();
        }
        switch (type.getCategory()) {
            case PRIMITIVE:
                return scalar(((PrimitiveObjectInspector) type).getPrimitiveJavaObject(value));
            case LIST:
                return array((ListObjectInspector) type, value);
            case MAP:
                return members((MapObjectInspector) type, value);
            case STRUCT:
                return object((StructObjectInspector) type, value, names);
            default:
                throw new SerDeException("columns of the type " + type.getTypeName() + " cannot be JSON");
        }
    }

    private static JsonNode array(ListObjectInspector type, Object values) throws SerDeException {
        ArrayNode array = NODES.arrayNode();
        for (Object one : type.getList(values)) {
            array.add(write(one, type.getListElementObjectInspector(), null));
        }
        return array;
    }

    private static JsonNode members(MapObjectInspector type, Object values) throws SerDeException {
        ObjectNode object = NODES.objectNode();
        for (Map.Entry<?, ?> entry : type.getMap(values).entrySet()) {
            JsonNode key = write(entry.getKey(), type.getMapKeyObjectInspector(), null);
            object.set(text(key), write(entry.getValue(), type.getMapValueObjectInspector(), null));
        }
        return object;
    }

    private static JsonNode object(StructObjectInspector type, Object values, List<String> names)
            throws SerDeException {
        ObjectNode object = NODES.objectNode();
        int column = 0;
        for (StructField field : type.getAllStructFieldRefs()) {
            String name = names == null ? field.getFieldName() : names.get(column++);
            object.set(name, write(type.getStructFieldData(values, field), field.getFieldObjectInspector(), null));
        }
        return object;
    }

    private static JsonNode scalar(Object value) {
        if (value instanceof Boolean) {
            return NODES.booleanNode((Boolean) value);
        }
        if (value instanceof Float) {
            return NODES.numberNode((Float) value);
        }
        if (value instanceof Double) {
            return NODES.numberNode((Double) value);
        }
        if (value instanceof Number) { // the integers
            return NODES.numberNode(((Number) value).longValue());
        }
        if (value instanceof HiveDecimal) {
            return NODES.numberNode(((HiveDecimal) value).bigDecimalValue());
        }
        if (value instanceof byte[]) {
            return NODES.textNode(new String((byte[]) value, StandardCharsets.UTF_8));
        }
        return NODES.textNode(value.toString());
    }
}
