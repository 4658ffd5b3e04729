"""What is on screen. Widgets render and post; they never send, store or parse. Only this folder knows Textual."""
