"""Conversations, kept: who said what, which task is writing a reply now, and the database behind it."""
