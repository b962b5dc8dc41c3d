"""The demonstration: made-up families, never real people, written as an intake sheet and brought in by the real import."""
