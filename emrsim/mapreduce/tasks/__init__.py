"""Running map and reduce tasks: processes, their folders and files, output."""
