"""What goes to a team's own collector: figures of each request, never any content. OpenTelemetry lives here alone."""
