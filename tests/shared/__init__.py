"""What several rooms share. Nothing here imports the package, but for what says so."""

# The attribute in which an error keeps the values that the driver drops.
VALUES = "_values of the constructor call"
