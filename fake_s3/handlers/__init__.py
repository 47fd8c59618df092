"""What answers each request: one function per S3 operation, named like it."""
