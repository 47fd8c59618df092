"""How records look as bytes: lines, raw and typed bytes, sequence files, codecs, columns."""
