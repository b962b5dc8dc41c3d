"""Drills try to break what must hold, on throw-away services and data of their own: see docs/drills.md."""
