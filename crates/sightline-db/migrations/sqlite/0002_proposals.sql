-- Proposed changes to the attributes of other organisations' events (spec 01 section 8). old_id is the attribute that
-- a proposal is about, 0 for a new one; user_id is 0 for proposals that came from another instance. An accepted or
-- discarded proposal is marked deleted.
CREATE TABLE proposals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    old_id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    org_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    type_id INTEGER NOT NULL,
    category_id INTEGER NOT NULL,
    value1 TEXT NOT NULL,
    value2 TEXT NOT NULL,
    to_ids BOOLEAN NOT NULL,
    comment TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    proposal_to_delete BOOLEAN NOT NULL DEFAULT FALSE,
    disable_correlation BOOLEAN NOT NULL DEFAULT FALSE,
    first_seen INTEGER,
    last_seen INTEGER,
    deleted BOOLEAN NOT NULL DEFAULT FALSE
);
-- What an event's page, its JSON and the filter `hasproposal` look for.
CREATE INDEX proposals_event_id ON proposals (event_id);
-- What stands beside an attribute, and what goes with it when it is deleted.
CREATE INDEX proposals_old_id ON proposals (old_id);
-- Whether a proposal that another instance sends is here already.
CREATE INDEX proposals_uuid ON proposals (uuid);
-- What another instance asks for: everything since a moment.
CREATE INDEX proposals_timestamp ON proposals (timestamp);
