"""What writes the generated parts of the documentation, one module each."""
