-- What goes with a prompt: an image as it is in its file, a text as UTF-8.
CREATE TABLE attachment (
    turn TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    data BLOB NOT NULL
);
CREATE UNIQUE INDEX attachment_of_turn ON attachment (turn, position);
