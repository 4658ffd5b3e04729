"""Line mode, `weir --plain`: the chat as lines, for screen readers, dumb terminals, logs and thin links."""
