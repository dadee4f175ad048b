-- What an event holds that not all who see the event may see: few rows, found when an outsider's numbers are counted.
CREATE INDEX attributes_restricted ON attributes (event_id) WHERE distribution IN (0, 4);
CREATE INDEX objects_restricted ON objects (event_id) WHERE distribution IN (0, 4);
