"""What is kept: the tables of Lejek, one module per noun. This room knows nobody."""
