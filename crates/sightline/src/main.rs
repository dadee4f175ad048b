//! The binary: command line, configuration, listener, telemetry, worker.

mod cli;
mod config;
mod lock;
mod platform;
mod sample;
mod server;
mod signals;
mod telemetry;
mod worker;
mod zeromq;

use std::process::ExitCode;

/// Gives memory back to the system sooner than the system's own allocator does under many threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
