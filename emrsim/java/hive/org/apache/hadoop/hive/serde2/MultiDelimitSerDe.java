package org.apache.hadoop.hive.serde2;

import emrsim.hive.DelimitedRows;

/** The name that the SerDe for delimiters of several characters has in Hive 4: emrsim's own. */
public final class MultiDelimitSerDe extends DelimitedRows {
    /** As Hive's reflection makes it. */
    public MultiDelimitSerDe() throws SerDeException {}
}
