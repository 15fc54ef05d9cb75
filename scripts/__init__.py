"""Checks that are worth keeping and take too long, or need too much, for every day."""
