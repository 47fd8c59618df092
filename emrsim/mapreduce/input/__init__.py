"""From paths and patterns to the records of one split."""
