//! Machine tags: `namespace:predicate="value"`, the names that taxonomies and galaxies give to tags (spec 07 section 1.2).

/// A tag's name taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MachineTag<'a> {
    /// Before the first colon.
    pub namespace: &'a str,
    /// Between colon and equals sign, or all that follows the colon.
    pub predicate: &'a str,
    /// Between the quotes; `None` for `namespace:predicate`.
    pub value: Option<&'a str>,
}

impl<'a> MachineTag<'a> {
    /// Takes a name apart; `None` for one that is not a machine tag.
    pub fn parse(name: &'a str) -> Option<Self> {
        let (namespace, rest) = name.split_once(':')?;
        if namespace.is_empty() || rest.is_empty() {
            return None;
        }
        let Some(quoted) = rest.strip_suffix('"') else {
            return (!rest.contains('=')).then_some(Self {
                namespace,
                predicate: rest,
                value: None,
            });
        };
        let (predicate, value) = quoted.split_once("=\"")?;
        (!predicate.is_empty()).then_some(Self {
            namespace,
            predicate,
            value: Some(value),
        })
    }

    /// What weights in a decaying model name: `namespace:predicate`, or the namespace of a tag without a value
    /// (spec 07 section 6.2).
    pub fn base(name: &'a str) -> &'a str {
        match Self::parse(name) {
            Some(Self {
                namespace,
                predicate,
                value: Some(_),
            }) => name.get(..namespace.len() + 1 + predicate.len()).unwrap_or(name),
            Some(Self { namespace, .. }) => namespace,
            None => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MachineTag;

    #[test]
    fn names_are_taken_apart() {
        for (name, parts) in [
            ("tlp:red", Some(("tlp", "red", None))),
            (r#"a:b="c""#, Some(("a", "b", Some("c")))),
            (r#"a:b="c: "d"""#, Some(("a", "b", Some(r#"c: "d""#)))),
            (r#"a:b="""#, Some(("a", "b", Some("")))),
            ("plain", None),
            (":red", None),
            ("tlp:", None),
            (r#"a:="c""#, None),
            ("a:b=c", None),
        ] {
            let found = MachineTag::parse(name).map(|tag| (tag.namespace, tag.predicate, tag.value));
            assert_eq!(found, parts, "{name}");
        }
    }

    #[test]
    fn a_base_is_what_weights_name() {
        assert_eq!(
            MachineTag::base(r#"false-positive:risk="low""#),
            "false-positive:risk"
        );
        assert_eq!(MachineTag::base("retention:30d"), "retention");
        assert_eq!(MachineTag::base("phishing"), "phishing");
    }
}
