-- The attributes that a job changes: listed before the first change, because a change may keep others from matching.
-- A row is removed with its job at the latest.
CREATE TABLE job_attributes (
    job_id INTEGER NOT NULL,
    attribute_id INTEGER NOT NULL,
    PRIMARY KEY (job_id, attribute_id)
);
