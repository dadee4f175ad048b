//! Feeds against real databases and a local web server.
