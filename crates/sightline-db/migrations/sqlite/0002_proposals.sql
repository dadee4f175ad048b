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
CREATE INDEX proposals_event_id_open ON proposals (event_id) WHERE NOT deleted;
-- What stands beside an attribute, and what goes with it when it is deleted.
CREATE INDEX proposals_old_id ON proposals (old_id);
-- Whether a proposal that another instance sends is here already.
CREATE INDEX proposals_uuid ON proposals (uuid);
-- What another instance asks for: everything since a moment.
CREATE INDEX proposals_timestamp ON proposals (timestamp);

-- Offers to hand an event over to another organisation (spec 06 B.9). A distribution of -1 leaves the choice to it.
CREATE TABLE event_delegations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id INTEGER NOT NULL,
    requester_org_id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    message TEXT NOT NULL,
    distribution INTEGER NOT NULL,
    sharing_group_id INTEGER NOT NULL
);
-- One offer per event at a time.
CREATE UNIQUE INDEX event_delegations_event_id_unique ON event_delegations (event_id);
-- What waits for an organisation, and what it has offered.
CREATE INDEX event_delegations_org_id ON event_delegations (org_id);
CREATE INDEX event_delegations_requester_org_id ON event_delegations (requester_org_id);
