"""What a job tells of itself: logs, counters, progress."""
