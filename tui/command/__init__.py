"""One file per command: what its flags mean and what it opens; the command itself knows neither flags nor files."""
