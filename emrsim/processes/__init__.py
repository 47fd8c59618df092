"""Stopping processes with all that they have started, also if the emulator itself is killed."""
