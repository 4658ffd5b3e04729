-- How long the model thought before it spoke, in seconds, where it did and that was seen.
ALTER TABLE reply ADD COLUMN thought_seconds REAL;
