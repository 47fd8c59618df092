"""What a job reports: logs, counters, progress."""
