"""What a job is told to do: arguments, properties, and the settings they come to."""
