"""How the server writes an underscore in a header's name, which WSGI could not tell from a hyphen."""

UNDERSCORE = "~5F"
