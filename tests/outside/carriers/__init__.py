"""Other people's software that carries an error from one process to another.

`python -m tests.outside.carriers MODULE:NAME` runs one carrier in an interpreter of its own; ends.py says how.
"""
