"""Families and incidents that nobody lived through, for the demonstration and for rehearsals."""
