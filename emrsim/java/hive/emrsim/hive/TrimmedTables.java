package emrsim.hive;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.DefaultMetaStoreFilterHookImpl;
import org.apache.hadoop.hive.metastore.api.MetaException;
import org.apache.hadoop.hive.metastore.api.NoSuchObjectException;
import org.apache.hadoop.hive.metastore.api.Partition;
import org.apache.hadoop.hive.metastore.api.StorageDescriptor;
import org.apache.hadoop.hive.metastore.api.Table;
import org.apache.hadoop.mapred.TextInputFormat;

/**
 * Tables of text with {@code skip.header.line.count} or {@code skip.footer.line.count}, which Spark SQL does not know:
 * as the metastore's client hands them out, they are read by {@link TrimmedText}.
 *
 * <p>The client calls this for every table and partition that it gets; {@code hive.metastore.filter.hook} names it.
 */
public final class TrimmedTables extends DefaultMetaStoreFilterHookImpl {
    private static final String HEADER = "skip.header.line.count";
    private static final String FOOTER = "skip.footer.line.count";
    private static final String TEXT = TextInputFormat.class.getName();
    private static final String TRIMMED = TrimmedText.class.getName();
    private static final Map<String, Trim> BY_TABLE = new ConcurrentHashMap<>();

    /** As Hive's reflection makes it. */
    public TrimmedTables(HiveConf conf) {
        super(conf);
    }

    @Override
    public Table filterTable(Table table) throws NoSuchObjectException {
        Trim trim = new Trim(count(table, HEADER), count(table, FOOTER));
        BY_TABLE.put(name(table.getDbName(), table.getTableName()), trim);
        apply(trim, table.getSd());
        return table;
    }

    @Override
    public List<Table> filterTables(List<Table> tables) throws MetaException {
        for (Table table : tables) {
            try {
                filterTable(table);
            } catch (NoSuchObjectException error) {
                throw new MetaException(error.getMessage());
            }
        }
        return tables;
    }

    @Override
    public Partition filterPartition(Partition partition) {
        Trim trim = BY_TABLE.get(name(partition.getDbName(), partition.getTableName()));
        if (trim != null) { // the table is got first
            apply(trim, partition.getSd());
        }
        return partition;
    }

    @Override
    public List<Partition> filterPartitions(List<Partition> partitions) {
        partitions.forEach(this::filterPartition);
        return partitions;
    }

    private static String name(String database, String table) {
        return database + "." + table;
    }

    private static int count(Table table, String property) {
        String text = table.getParameters() == null ? null : table.getParameters().get(property);
        try {
            int count = text == null ? 0 : Integer.parseInt(text.trim());
            if (count >= 0) {
                return count;
            }
        } catch (NumberFormatException error) {
            // told below
        }
        // Not of the metastore's own exceptions, which stand for other things.
        throw new IllegalArgumentException("table " + name(table.getDbName(), table.getTableName()) + ": " + property
                + " is not a number of lines: " + text);
    }

    private static void apply(Trim trim, StorageDescriptor storage) {
        if (storage == null || storage.getInputFormat() == null) {
            return; // a view
        }
        if (trim.isNothing()) {
            if (storage.getInputFormat().equals(TRIMMED)) {
                storage.setInputFormat(TEXT); // it had the properties once
            }
        } else if (storage.getInputFormat().equals(TEXT) || storage.getInputFormat().equals(TRIMMED)) {
            storage.setInputFormat(TRIMMED);
            if (storage.getLocation() != null) {
                TrimmedText.trims(new Path(storage.getLocation()), trim);
            }
        }
    }
}
