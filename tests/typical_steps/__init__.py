"""The forty steps and the bootstrap actions that public code runs most, written anew and run."""
