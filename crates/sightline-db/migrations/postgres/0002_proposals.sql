-- Proposed changes to the attributes of other organisations' events (spec 01 section 8). old_id is the attribute that
-- a proposal is about, 0 for a new one; user_id is 0 for proposals that came from another instance. An accepted or
-- discarded proposal is marked deleted.
CREATE TABLE proposals (
    id BIGSERIAL PRIMARY KEY,
    uuid UUID NOT NULL,
    old_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    org_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    type_id BIGINT NOT NULL,
    category_id BIGINT NOT NULL,
    value1 TEXT NOT NULL,
    value2 TEXT NOT NULL,
    to_ids BOOLEAN NOT NULL,
    comment TEXT NOT NULL,
    timestamp BIGINT NOT NULL,
    proposal_to_delete BOOLEAN NOT NULL DEFAULT FALSE,
    disable_correlation BOOLEAN NOT NULL DEFAULT FALSE,
    first_seen BIGINT,
    last_seen BIGINT,
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
    id BIGSERIAL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    requester_org_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    message TEXT NOT NULL,
    distribution BIGINT NOT NULL,
    sharing_group_id BIGINT NOT NULL
);
-- One offer per event at a time.
CREATE UNIQUE INDEX event_delegations_event_id_unique ON event_delegations (event_id);
-- What waits for an organisation, and what it has offered.
CREATE INDEX event_delegations_org_id ON event_delegations (org_id);
CREATE INDEX event_delegations_requester_org_id ON event_delegations (requester_org_id);
