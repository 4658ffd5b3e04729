"""`weir compare`: the same prompt to several models at once, headless: their replies, then a table of the figures."""
