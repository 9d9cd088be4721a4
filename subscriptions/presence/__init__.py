"""Who looks at what right now: a contract for the register, and one module for each place it is kept."""
