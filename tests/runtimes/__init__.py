"""Installed Sparks and Javas."""
