"""The console: over a real port, and in a real browser where there is one."""
