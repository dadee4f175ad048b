//! Makes sure that `assets/dist` exists, so that `cargo build` works on a fresh clone without Node.

use std::path::Path;
use std::{fs, io};

const SCRIPT: &str = "console.warn('The browser code is not built: run `make assets` and rebuild.');\n";
const STYLE: &str =
    "body::before { content: 'The style sheet is not built: run `make assets` and rebuild.'; }\n";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=assets/dist");
    println!("cargo::rerun-if-changed=askama.toml");
    let dist = Path::new("assets/dist");
    if !dist.join("app.js").exists() {
        fs::create_dir_all(dist)?;
        fs::write(dist.join("app.js"), SCRIPT)?;
        fs::write(dist.join("app.css"), STYLE)?;
    }
    Ok(())
}
