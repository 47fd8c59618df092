package org.apache.hadoop.hive.contrib.serde2;

import emrsim.hive.DelimitedRows;
import org.apache.hadoop.hive.serde2.SerDeException;

/** The name that the SerDe for delimiters of several characters has in Hive 1 to 3: emrsim's own. */
public final class MultiDelimitSerDe extends DelimitedRows {
    /** As Hive's reflection makes it. */
    public MultiDelimitSerDe() throws SerDeException {}
}
