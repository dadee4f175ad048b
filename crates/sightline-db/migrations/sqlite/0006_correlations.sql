-- Values that never correlate, with % at either end for any text.
CREATE TABLE correlation_exclusions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    value TEXT NOT NULL,
    from_json BOOLEAN NOT NULL DEFAULT FALSE,
    comment TEXT
);
-- A value is excluded once.
CREATE UNIQUE INDEX correlation_exclusions_value_unique ON correlation_exclusions (value);

-- Groups of events that do not correlate among themselves; `selector_list` is a JSON list of texts.
CREATE TABLE correlation_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    name TEXT NOT NULL,
    comment TEXT NOT NULL DEFAULT '',
    selector_type TEXT NOT NULL,
    selector_list TEXT NOT NULL,
    timestamp INTEGER NOT NULL
);
CREATE UNIQUE INDEX correlation_rules_uuid_unique ON correlation_rules (uuid);

-- The values that the most attributes share, as they were counted last: some thousand rows, whatever the data.
CREATE TABLE correlation_ranking (
    id INTEGER PRIMARY KEY,
    value TEXT NOT NULL,
    attributes INTEGER NOT NULL,
    events INTEGER NOT NULL,
    counted INTEGER NOT NULL
);

-- The networks among the addresses, which are few: an address asks only for those that are there.
CREATE INDEX attributes_wide_network ON attributes (network) WHERE network IS NOT NULL
    AND NOT (length(network) = 6 AND substr(network, 6, 1) = x'20')
    AND NOT (length(network) = 18 AND substr(network, 18, 1) = x'80');
