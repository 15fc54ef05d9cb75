"""The tools: the report and `check`. Nothing of it is imported in production."""
