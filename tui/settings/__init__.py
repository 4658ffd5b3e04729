"""What the person configured, what the program remembers, and where it runs."""
