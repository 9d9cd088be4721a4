"""How the database came to be: Tortoise migrations, and the constraints they put on the tables."""
