-- `pinned` and `archived` are 1 where a person wanted that; `deleted` is the time at which one was deleted, until that is
-- undone or the row is removed.
ALTER TABLE conversation ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN deleted TEXT;

-- What can be searched: each prompt, and each reply that has ended. Exactly one of `turn` and `reply` is set. `indexed`
-- is 1 when `passage_text` has its trigrams; until then it is read to be searched, so that no search misses it.
CREATE TABLE passage (
    id INTEGER PRIMARY KEY,
    turn TEXT UNIQUE,
    reply TEXT UNIQUE,
    indexed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX passage_to_index ON passage (id) WHERE indexed = 0;
-- Trigrams alone, without their places: half as large, and what they find is read to be shown anyway. Two characters
-- are found as the beginnings of trigrams; the two line ends behind each text give its last ones a trigram, too.
CREATE VIRTUAL TABLE passage_text USING fts5 (text, content = '', tokenize = 'trigram', detail = none);
CREATE VIRTUAL TABLE passage_term USING fts5vocab (passage_text, row);

INSERT INTO passage (turn, reply)
    SELECT turn, reply FROM (
        SELECT id AS turn, NULL AS reply, created, 0 AS place FROM turn
        UNION ALL
        SELECT NULL, reply.id, turn.created, 1 FROM reply JOIN turn ON turn.id = reply.turn
            WHERE reply.outcome IS NOT NULL
    ) ORDER BY created, place;

CREATE TRIGGER prompt_comes AFTER INSERT ON turn BEGIN
    INSERT OR IGNORE INTO passage (turn) VALUES (new.id)
  ; END;
CREATE TRIGGER prompt_changes AFTER UPDATE OF prompt ON turn WHEN old.prompt IS NOT new.prompt BEGIN
    INSERT INTO passage_text (passage_text, rowid, text)
        SELECT 'delete', id, old.prompt || char(10, 10) FROM passage WHERE turn = old.id AND indexed = 1
  ; UPDATE passage SET indexed = 0 WHERE turn = new.id
  ; END;
CREATE TRIGGER prompt_goes AFTER DELETE ON turn BEGIN
    INSERT INTO passage_text (passage_text, rowid, text)
        SELECT 'delete', id, old.prompt || char(10, 10) FROM passage WHERE turn = old.id AND indexed = 1
  ; DELETE FROM passage WHERE turn = old.id
  ; END;
CREATE TRIGGER ended_reply_comes AFTER INSERT ON reply WHEN new.outcome IS NOT NULL BEGIN
    INSERT OR IGNORE INTO passage (reply) VALUES (new.id)
  ; END;
CREATE TRIGGER reply_ends AFTER UPDATE OF outcome ON reply WHEN old.outcome IS NULL AND new.outcome IS NOT NULL BEGIN
    INSERT OR IGNORE INTO passage (reply) VALUES (new.id)
  ; END;
CREATE TRIGGER reply_changes AFTER UPDATE OF text, refusal ON reply
    WHEN old.outcome IS NOT NULL AND (old.text IS NOT new.text OR old.refusal IS NOT new.refusal) BEGIN
    INSERT INTO passage_text (passage_text, rowid, text)
        SELECT 'delete', id, old.text || char(10) || old.refusal || char(10, 10)
        FROM passage WHERE reply = old.id AND indexed = 1
  ; UPDATE passage SET indexed = 0 WHERE reply = new.id
  ; END;
CREATE TRIGGER reply_goes AFTER DELETE ON reply BEGIN
    INSERT INTO passage_text (passage_text, rowid, text)
        SELECT 'delete', id, old.text || char(10) || old.refusal || char(10, 10)
        FROM passage WHERE reply = old.id AND indexed = 1
  ; DELETE FROM passage WHERE reply = old.id
  ; END;
