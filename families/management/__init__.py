"""Commands of the installation, and what several of them share."""
