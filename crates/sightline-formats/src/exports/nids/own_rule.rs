//! Rules that authors wrote: taken apart, so that exactly one rule comes of one value.

/// What of a rule is kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OwnRule {
    /// Protocol, addresses, ports, direction. What a sensor does with traffic is for whoever runs it to say, so the
    /// action is not kept.
    pub(super) head: String,
    /// Its message.
    pub(super) message: String,
    /// Its other options, each ended by `; `.
    pub(super) options: String,
}

/// Options that are ours to say.
const OURS: [&str; 6] = ["sid", "rev", "classtype", "priority", "reference", "gid"];
/// Options that read or write files of the sensor or run code in it.
const BARRED: [&str; 6] = ["lua", "luajit", "dataset", "datarep", "filestore", "filemagic"];
/// The longest rule that a sensor reads, with room for what is added.
const RULE_BYTES: usize = 6_000;

/// The rule that a value is, if it is one.
pub(super) fn parse(value: &str) -> Option<OwnRule> {
    let text: String = value
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let text = text.trim();
    if text.len() > RULE_BYTES {
        return None;
    }
    let (head, rest) = text.split_once('(')?;
    let body = rest.strip_suffix(')')?;
    let words: Vec<&str> = head.split_whitespace().collect();
    let (action, fields) = words.split_first()?;
    let known = [
        "alert", "log", "pass", "drop", "reject", "sdrop", "activate", "dynamic",
    ]
    .contains(action);
    let plain = |field: &&str| {
        field
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"$!.,:/[]_-<>".contains(&b))
    };
    let directed = matches!(fields.get(3), Some(&"->" | &"<>"));
    if !known || fields.len() != 6 || !directed || !fields.iter().all(plain) {
        return None;
    }
    let mut message = String::new();
    let mut options = String::new();
    for option in split_options(body)? {
        let (name, argument) = match option.split_once(':') {
            Some((name, argument)) => (name.trim(), Some(argument.trim())),
            None => (option, None),
        };
        if name == "msg" {
            argument
                .unwrap_or_default()
                .trim_matches('"')
                .clone_into(&mut message);
        } else if BARRED.contains(&name)
            || !name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
        {
            return None;
        } else if !OURS.contains(&name) {
            options.push_str(option);
            options.push_str("; ");
        }
    }
    Some(OwnRule {
        head: fields.join(" "),
        message: super::message(&message, false),
        options,
    })
}

/// Options apart, at each `;` that is neither quoted nor escaped. `None` when a quote stays open, or when brackets
/// outside quotes could end the rule.
fn split_options(body: &str) -> Option<Vec<&str>> {
    let mut options = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                options.push(body.get(start..at)?.trim());
                start = at + 1;
            }
            '(' | ')' if !quoted => return None,
            _ => {}
        }
    }
    let rest = body.get(start..)?.trim();
    (!quoted && !escaped && rest.is_empty()).then_some(options)
}
