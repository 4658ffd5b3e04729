-- What was typed in a conversation and not sent; the conversation may not be stored yet. `owner` is the process in whose
-- editor it stands, null where that was left for another conversation.
CREATE TABLE draft (
    conversation TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    updated TEXT NOT NULL,
    owner TEXT
);
CREATE TRIGGER draft_goes AFTER DELETE ON conversation BEGIN
    DELETE FROM draft WHERE conversation = old.id
  ; END;
