CREATE TABLE conversation (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    system TEXT,
    created TEXT NOT NULL,
    updated TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE turn (
    id TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    prompt TEXT NOT NULL,
    created TEXT NOT NULL,
    chosen INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX turn_of_conversation ON turn (conversation, position);

-- A reply is open while `outcome` is null; then `owner` says which process writes it and `piece` holds its text.
CREATE TABLE reply (
    id TEXT PRIMARY KEY,
    turn TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    owner TEXT,
    outcome TEXT,
    text TEXT NOT NULL DEFAULT '',
    reasoning TEXT NOT NULL DEFAULT '',
    refusal TEXT NOT NULL DEFAULT '',
    tool_calls TEXT NOT NULL DEFAULT '[]',
    notices TEXT NOT NULL DEFAULT '[]',
    record TEXT
);
CREATE INDEX reply_of_turn ON reply (turn, position);
CREATE INDEX open_reply ON reply (owner) WHERE outcome IS NULL;

-- What an open reply has received, checkpoint by checkpoint: appended, never rewritten.
CREATE TABLE piece (
    reply TEXT NOT NULL REFERENCES reply (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX piece_of_reply ON piece (reply);
