"""Notes about a family, and each try to reach somebody in it: who answered, what was said, and what comes next."""
