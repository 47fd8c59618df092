package org.apache.hive.hcatalog.data;

import emrsim.hive.JsonRows;

/** The name that scripts give HCatalog's SerDe for JSON: emrsim's own. */
public final class JsonSerDe extends JsonRows {}
