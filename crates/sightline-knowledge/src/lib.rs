//! The community's knowledge libraries: what their files say ([`library`]), which values a warninglist knows
//! ([`matching`]), and how an indicator's score decays ([`decay`]). Pure: no I/O, no SQL.

pub mod decay;
pub mod library;
mod machine_tag;
pub mod matching;

pub use machine_tag::MachineTag;
