"""What the headless commands share: stdout is data, stderr is diagnostics, a signal ends what runs."""
