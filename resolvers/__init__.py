"""What may be done: one module per noun, verbs as functions; every read and write in scope."""
