"""From map output to reduce input: partitioned, sorted, combined, merged."""
