"""The message log: one face, `MessageLog`, for every screen that shows replies."""
