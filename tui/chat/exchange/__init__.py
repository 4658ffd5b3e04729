"""Conversations carried away and brought in: a file per format, plain values in between."""
