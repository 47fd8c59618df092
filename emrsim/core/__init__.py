"""Rules only: no I/O, no threads, no Flask, no wall clock."""
