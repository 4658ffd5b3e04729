-- `parent` is the turn that a turn follows, null at the start. Turns with the same parent are branches; `active` is 1 for
-- the one of them that is gone on with. `deleted` is the time at which a turn was deleted, until that is undone or the
-- row is removed. `position` orders a parent before what follows it.
ALTER TABLE turn ADD COLUMN parent TEXT;
ALTER TABLE turn ADD COLUMN active INTEGER NOT NULL DEFAULT 1;
ALTER TABLE turn ADD COLUMN deleted TEXT;
UPDATE turn SET parent = (
    SELECT before.id FROM turn AS before
    WHERE before.conversation = turn.conversation
        AND (before.position, before.created, before.id) < (turn.position, turn.created, turn.id)
    ORDER BY before.position DESC, before.created DESC, before.id DESC LIMIT 1
);
CREATE INDEX turn_of_parent ON turn (conversation, parent);
CREATE INDEX deleted_turn ON turn (deleted) WHERE deleted IS NOT NULL;

-- The reply of which a person wrote this version; null: it is as it was received.
ALTER TABLE reply ADD COLUMN edited TEXT;
