"""How Lejek is run: the HTTP door, identity, settings, the command line."""
