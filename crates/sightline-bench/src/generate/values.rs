//! Values of each type, as long as real ones, under names and addresses that nobody can own.

use super::rng::Rng;

const WORDS: &[&str] = &[
    "account", "alert", "amber", "anchor", "apex", "arrow", "asset", "atlas", "bank", "basic", "beacon",
    "blue", "bolt", "bonus", "bridge", "bright", "cargo", "cedar", "chain", "check", "city", "clear",
    "click", "cloud", "coin", "connect", "core", "credit", "daily", "data", "delta", "desk", "direct",
    "dragon", "drive", "echo", "edge", "ember", "express", "falcon", "file", "flow", "forest", "frost",
    "gate", "global", "grand", "group", "harbor", "home", "image", "invoice", "iron", "key", "lake", "legal",
    "light", "login", "lunar", "mail", "maple", "market", "media", "mobile", "moon", "nova", "oak", "office",
    "online", "orbit", "park", "parcel", "pay", "phone", "pixel", "polar", "portal", "power", "quick",
    "rapid", "relay", "ridge", "river", "route", "safe", "scan", "secure", "serve", "shadow", "shield",
    "shop", "signal", "smart", "spark", "storm", "stream", "sun", "support", "swift", "tide", "token",
    "tower", "track", "trust", "update", "valley", "vault", "verify", "view", "wave", "west", "wire", "zone",
];
const ENDINGS: &[&str] = &["example", "test", "invalid"];
const EXTENSIONS: &[&str] = &[
    "exe", "dll", "doc", "xlsm", "zip", "js", "vbs", "ps1", "lnk", "iso", "pdf", "hta", "jar",
];

/// A value of the type.
pub(crate) fn value(kind: &str, rng: &mut Rng) -> String {
    match kind {
        "domain" | "hostname" => domain(rng),
        "url" => url(rng),
        "ip-dst" | "ip-src" => ip(rng),
        "ip-dst|port" => format!("{}|{}", ip(rng), 1 + rng.below(65_535)),
        "domain|ip" => format!("{}|{}", domain(rng), ip(rng)),
        "md5" => rng.hex(32),
        "sha1" => rng.hex(40),
        "sha256" => rng.hex(64),
        "filename" => filename(rng),
        "filename|md5" => format!("{}|{}", filename(rng), rng.hex(32)),
        "filename|sha1" => format!("{}|{}", filename(rng), rng.hex(40)),
        "filename|sha256" => format!("{}|{}", filename(rng), rng.hex(64)),
        "link" => format!(
            "https://blog.{}/{}/{}-{}",
            domain(rng),
            2_015 + rng.below(10),
            word(rng),
            word(rng)
        ),
        "email-src" => format!("{}.{}@{}", word(rng), word(rng), domain(rng)),
        "regkey" => regkey(rng),
        "regkey|value" => format!("{}|%APPDATA%\\{}", regkey(rng), filename(rng)),
        "pdb" => format!(
            "C:\\build\\{}\\{}\\Release\\{}.pdb",
            word(rng),
            word(rng),
            rng.hex(8)
        ),
        "mutex" => format!("Global\\{}", rng.hex(16)),
        "vulnerability" => format!("CVE-{}-{}", 2_010 + rng.below(15), 1_000 + rng.below(60_000)),
        "size-in-bytes" => (512 + rng.below(1 << 23)).to_string(),
        _ => sentence(rng),
    }
}

/// A few words and a number.
pub(crate) fn sentence(rng: &mut Rng) -> String {
    let mut text = String::new();
    for _ in 0..3 + rng.below(9) {
        text.push_str(word(rng));
        text.push(' ');
    }
    text.push_str(&rng.below(1 << 22).to_string());
    text
}

/// A word.
pub(crate) fn word(rng: &mut Rng) -> &'static str {
    rng.pick(WORDS).unwrap_or("word")
}

fn domain(rng: &mut Rng) -> String {
    let number = rng.below(100_000);
    let name = format!(
        "{}{}{number}.{}",
        word(rng),
        word(rng),
        rng.pick(ENDINGS).unwrap_or("example")
    );
    if rng.chance(300) {
        format!("{}.{name}", word(rng))
    } else {
        name
    }
}

fn url(rng: &mut Rng) -> String {
    let scheme = if rng.chance(500) { "https" } else { "http" };
    let mut text = format!("{scheme}://{}/{}", domain(rng), word(rng));
    for _ in 0..rng.below(4) {
        text.push('/');
        text.push_str(word(rng));
    }
    if rng.chance(300) {
        text.push_str(&format!("?id={}", rng.hex(12)));
    }
    text
}

/// From 10.0.0.0/8 without its ends.
fn ip(rng: &mut Rng) -> String {
    format!(
        "10.{}.{}.{}",
        1 + rng.below(254),
        1 + rng.below(254),
        1 + rng.below(254)
    )
}

fn filename(rng: &mut Rng) -> String {
    format!(
        "{}_{}.{}",
        word(rng),
        rng.hex(6),
        rng.pick(EXTENSIONS).unwrap_or("bin")
    )
}

fn regkey(rng: &mut Rng) -> String {
    format!("HKCU\\Software\\{}\\{}\\{}", word(rng), word(rng), rng.hex(8))
}
