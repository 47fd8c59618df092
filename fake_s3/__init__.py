"""A directory, served to S3 clients. Imports nothing of emrsim."""
