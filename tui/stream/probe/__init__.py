"""The staged diagnosis of one route, from its configuration to a stream that is stopped."""
