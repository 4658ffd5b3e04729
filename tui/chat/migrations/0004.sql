-- `parameters` is a JSON object of what was set for this conversation; the system prompt is one of them.
ALTER TABLE conversation ADD COLUMN parameters TEXT NOT NULL DEFAULT '{}';
UPDATE conversation SET parameters = json_object('system', system) WHERE system <> '';
ALTER TABLE conversation DROP COLUMN system;
