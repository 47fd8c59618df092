"""Hadoop streaming on one machine. This room has never heard of EMR."""
