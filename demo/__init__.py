"""The demonstration: made-up families, never real people, in an intake sheet that the real import brings in."""
