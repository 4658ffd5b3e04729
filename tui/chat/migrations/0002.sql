-- `away` is 1 from the moment at which a reply's process lost its terminal until a later start has told its end.
ALTER TABLE reply ADD COLUMN away INTEGER NOT NULL DEFAULT 0;
CREATE INDEX away_reply ON reply (turn) WHERE away = 1;

-- `stop` is 1 when another process asks that the reply be stopped; its own process looks.
ALTER TABLE reply ADD COLUMN stop INTEGER NOT NULL DEFAULT 0;
