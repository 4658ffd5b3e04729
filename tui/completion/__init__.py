"""What a shell offers while a command line of weir is typed: read from the grammar, the config and the last lists."""
