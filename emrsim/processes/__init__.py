"""Ending processes with all that they have started, also if whoever started them is killed."""
