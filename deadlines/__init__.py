"""What is due, by when and why, and who is told of it (docs/adr/0013)."""
