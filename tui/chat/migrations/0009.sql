-- Which turns of a conversation are not sent, as JSON: the id of the last one, the time at which that was wanted.
ALTER TABLE conversation ADD COLUMN trim TEXT;
