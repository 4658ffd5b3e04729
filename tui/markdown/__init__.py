"""Markdown without any widget: how a reply's text is parsed."""
