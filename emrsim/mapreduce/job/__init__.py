"""The definition of a job: arguments, properties, and the settings that result."""
