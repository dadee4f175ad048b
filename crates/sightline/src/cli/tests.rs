//! The command line is what the documents say, and the reference names every key.

use super::config::REFERENCE;
use super::*;
use clap::CommandFactory;
use clap::error::ErrorKind;
use toml::Table;

fn parse(line: &str) -> Result<Cli, ErrorKind> {
    Cli::try_parse_from(line.split(' ')).map_err(|e| e.kind())
}

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn the_place_may_stand_before_and_after_the_command() {
    for line in [
        "sightline serve --data /d --database postgres://h/n --config /c --listen 127.0.0.1:0 --sample-feed /s",
        "sightline --data /d --database postgres://h/n --config /c serve --listen 127.0.0.1:0 --sample-feed /s",
    ] {
        let cli = parse(line).unwrap();
        assert_eq!(cli.place.data, PathBuf::from("/d"));
        assert_eq!(cli.place.database.as_deref(), Some("postgres://h/n"));
        assert_eq!(cli.place.config, Some(PathBuf::from("/c")));
        assert!(matches!(cli.command, Command::Serve(_)), "{line}");
    }
    assert_eq!(
        parse("sightline serve").unwrap().place.data,
        PathBuf::from("./data")
    );
}

#[test]
fn every_documented_command_is_understood() {
    for line in [
        "init",
        "user list --json",
        "user add someone@example.org --org ACME --role User",
        "user edit someone@example.org --role Publisher",
        "user disable someone@example.org",
        "user reset-password someone@example.org",
        "org list",
        "org add ACME",
        "authkey list",
        "authkey add someone@example.org --read-only",
        "authkey delete 3",
        "feed list",
        "feed add --name a --provider b --url https://feed.example.org --format misp",
        "feed enable 1",
        "feed disable 1",
        "feed fetch 1",
        "feed delete 1",
        "feed load-default",
        "knowledge update --kind taxonomies --kind warninglists --from /srv/knowledge",
        "event list --limit 5",
        "event show 1",
        "event import events.json --update",
        "event publish 1",
        "search explain events {} --json",
        "search explain attributes {}",
        "event delete 1",
        "job list --state failed",
        "job show 1",
        "job cancel 1",
        "job retry 1",
        "config show",
        "config reference",
        "db migrate",
        "db backup copy.db",
        "db check --json",
    ] {
        assert!(parse(&format!("sightline {line} --data /d")).is_ok(), "{line}");
    }
}

#[test]
fn mistakes_are_refused() {
    for (line, kind) in [
        ("sightline", ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand),
        ("sightline sevre", ErrorKind::InvalidSubcommand),
        ("sightline serve --lisen 1", ErrorKind::UnknownArgument),
        ("sightline user add", ErrorKind::MissingRequiredArgument),
        ("sightline job show one", ErrorKind::ValueValidation),
    ] {
        assert_eq!(parse(line).map(|_| ()), Err(kind), "{line}");
    }
}

/// The reference with its examples switched on, as tables.
fn reference() -> Table {
    let on: String = REFERENCE
        .lines()
        .map(|line| {
            match line
                .strip_prefix("# ")
                .filter(|rest| rest.split_once(" = ").is_some_and(is_key))
            {
                Some(key) => format!("{key}\n"),
                None => format!("{line}\n"),
            }
        })
        .collect();
    toml::from_str(&on).unwrap()
}

fn is_key((name, _): (&str, &str)) -> bool {
    name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

#[test]
fn the_reference_names_every_key_and_no_other() {
    let defaults = Table::try_from(Config::default()).unwrap();
    let reference = reference();
    for (section, keys) in &defaults {
        for key in keys.as_table().unwrap().keys() {
            assert!(
                reference[section].as_table().unwrap().contains_key(key),
                "{section}.{key} is missing"
            );
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("reference.toml");
    std::fs::write(&file, toml::to_string(&reference).unwrap()).unwrap();
    load(&Sources {
        file: Some(file),
        ..Sources::default()
    })
    .unwrap();
}

#[test]
fn the_reference_as_it_is_shipped_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sightline.toml"), REFERENCE).unwrap();
    let sources = Sources {
        data: folder.path().into(),
        ..Sources::default()
    };
    assert_eq!(load(&sources).unwrap(), Config::default());
}
