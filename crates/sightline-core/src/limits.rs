//! Limits shared by several crates, each with its unit and its reason.

/// Longest stored attribute value, in bytes (spec 02 section 2: the reference's column).
pub const VALUE_BYTES: usize = 65_535;
/// Longest tag name, in characters (spec 01 section 6).
pub const TAG_NAME_CHARS: usize = 255;
/// Longest organisation name, in characters (spec 01 section 10); also what a unique index of PostgreSQL can hold.
pub const ORG_NAME_CHARS: usize = 255;
/// Longest name of a record that people give a name, in characters: what a line of a page can show.
pub const NAME_CHARS: usize = 255;
/// Longest remark or description, in characters: a few pages of text.
pub const TEXT_CHARS: usize = 10_000;
/// Longest name of a sharing group, in characters: the same as an organisation's.
pub const SHARING_GROUP_NAME_CHARS: usize = 255;
/// Largest logo, in bytes: it is shown at the size of a line or two.
pub const LOGO_BYTES: usize = 256 * 1024;
/// Rows per page where the reference pages by default (spec 04 section 11).
pub const PAGE_ROWS: u32 = 60;
/// Most rows a caller may ask for in one page of a paged index (spec 04 section 11).
pub const PAGE_ROWS_MAX: u32 = 9_999;
/// Rows of a list that its clients read whole unless they name a limit.
pub const ALL_ROWS: u32 = u32::MAX;
/// Rows per chunk of a streamed answer: large enough to amortise a thread hop, small enough for flat memory.
pub const CHUNK_ROWS: usize = 1_000;
/// Length of an API key in characters (spec 05 section 1.2).
pub const AUTH_KEY_CHARS: usize = 40;
