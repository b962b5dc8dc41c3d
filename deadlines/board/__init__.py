"""The supervisor's board of dates: what is pressing, with whom it is, and giving it to somebody else."""
