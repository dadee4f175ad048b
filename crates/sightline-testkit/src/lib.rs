//! Test server, fixtures and fakes.
