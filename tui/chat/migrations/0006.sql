-- The reply that this one goes on with, as JSON: its id, that of its record, the length of its text.
ALTER TABLE reply ADD COLUMN origin TEXT;
