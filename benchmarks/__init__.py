"""What an error costs, with the package and without: see README.md beside this file."""
