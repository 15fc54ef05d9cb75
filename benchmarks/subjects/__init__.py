"""What is compared, and the errors it is measured with: a module per library, with a function per kind of error."""

SUBJECTS = ["ours", "stock", "tblib", "PyMySQL", "psycopg"]
KINDS = ["typical", "without fields", "with values", "with attributes", "own constructor"]

MESSAGE = "Deadlock found when trying to get lock; try restarting the transaction"
STATEMENT = "UPDATE stock SET amount = amount - 1 WHERE article = 4711"
