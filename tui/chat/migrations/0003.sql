-- `adopted` is 1 when a person chose the turn's reply out of several.
ALTER TABLE turn ADD COLUMN adopted INTEGER NOT NULL DEFAULT 0;
