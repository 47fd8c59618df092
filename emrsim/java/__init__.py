"""The jars that come with emrsim: their Java sources, what builds them, and the data of a sample.

Nothing here is used when emrsim runs.
"""
