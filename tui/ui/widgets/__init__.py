"""Small widgets: the prompt, the picker's parts, the status bar."""
