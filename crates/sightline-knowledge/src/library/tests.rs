//! Files as they are written, and as they should not be.

use super::*;

#[test]
fn a_path_and_its_content_say_what_a_file_is() {
    let list = br#"{"name":"x","list":[]}"#;
    for (path, kind) in [
        ("misp-taxonomies/tlp/machinetag.json", Some(FileKind::Taxonomy)),
        ("tlp/machinetag.json", Some(FileKind::Taxonomy)),
        ("misp-taxonomies/mapping/mapping.json", None),
        ("misp-taxonomies/tools/machinetag.json", None),
        ("x/galaxies/threat-actor.json", Some(FileKind::Galaxy)),
        ("x/clusters/threat-actor.json", Some(FileKind::Clusters)),
        ("x/clusters/readme.md", None),
        ("objects/file/definition.json", Some(FileKind::ObjectTemplate)),
        ("relationships/definition.json", Some(FileKind::Relationships)),
        ("lists/a/list.json", Some(FileKind::Warninglist)),
        ("models/nids.json", Some(FileKind::DecayingModel)),
        ("schema_misp.json", None),
    ] {
        assert_eq!(FileKind::of(path, list), kind, "{path}");
    }
    assert_eq!(
        FileKind::of("lists/gdpr/list.json", br#"{"notice":[]}"#),
        Some(FileKind::Noticelist)
    );
}

#[test]
fn a_taxonomy_makes_a_tag_for_each_value_or_predicate() {
    let file: TaxonomyFile = parse(
        br##"{"namespace":"w","description":"d","predicates":[
            {"value":"done","expanded":"Done","numerical_value":50,"colour":"#ABCDEF"},
            {"value":"state","expanded":"State","exclusive":true}],
          "values":[{"predicate":"state","entry":[{"value":"a","expanded":"First"},{"value":"b","colour":"red"}]}]}"##,
    )
    .unwrap();
    assert_eq!(file.version, 1);
    let entries = file.entries();
    let tags: Vec<_> = entries.iter().map(|entry| entry.tag.as_str()).collect();
    assert_eq!(tags, ["w:done", r#"w:state="a""#, r#"w:state="b""#]);
    assert_eq!(entries[0].colour, "#ABCDEF");
    assert_eq!(entries[0].numerical_value, Some(50.0));
    assert_eq!(entries[1].expanded, "State: First");
    assert_eq!(entries[2].expanded, "State: b");
    assert!(entries[1].exclusive_predicate);
    assert_ne!(
        entries[1].colour, entries[2].colour,
        "a palette where the file names no colour"
    );
    assert_eq!(file.entries(), entries, "the same every time");
}

#[test]
fn a_taxonomy_for_something_else_is_told_apart() {
    let file: TaxonomyFile =
        parse(br#"{"namespace":"w","description":"d","type":["org"],"predicates":[{"value":"x"}]}"#).unwrap();
    assert!(!file.is_for_events());
}

#[test]
fn a_clusters_elements_are_its_texts() {
    let file: ClusterFile = parse(
        br#"{"type":"t","uuid":"698774c7-8022-42c4-917f-8d6e4f06ada3","version":3,"values":[
            {"value":"X","meta":{"refs":["a","b"],"country":"RU","year":2020,"nested":[["no"]],"none":null},
             "related":[{"dest-uuid":"698774c7-8022-42c4-917f-8d6e4f06ada3","type":"similar"}]},
            {"value":"Y","meta":[]}]}"#,
    )
    .unwrap();
    let elements = &file.values[0].meta;
    let list: Vec<_> = elements
        .list
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    assert_eq!(list, ["refs=a", "refs=b", "country=RU", "year=2020"]);
    assert_eq!(elements.skipped, 2);
    assert_eq!(file.tag(&file.values[0]), r#"misp-galaxy:t="X""#);
    assert!(file.values[1].meta.list.is_empty());
}

#[test]
fn the_columns_of_a_matrix_keep_their_order() {
    let file: GalaxyFile = parse(
        br#"{"name":"n","type":"t","uuid":"698774c7-8022-42c4-917f-8d6e4f06ada3",
            "kill_chain_order":{"z":["b","a"],"a":["c"]}}"#,
    )
    .unwrap();
    let order = file.kill_chain_order.unwrap();
    assert_eq!(order.0[0], ("z".to_owned(), vec!["b".to_owned(), "a".to_owned()]));
    assert_eq!(
        serde_json::to_string(&order).unwrap(),
        r#"{"z":["b","a"],"a":["c"]}"#
    );
}

#[test]
fn a_template_requires_only_what_it_has() {
    let file = |required: &str| {
        format!(
            r#"{{"name":"n","uuid":"698774c7-8022-42c4-917f-8d6e4f06ada3","version":1,"meta-category":"misc",
               "requiredOneOf":["{required}"],
               "attributes":{{"ip":{{"misp-attribute":"ip-dst","ui-priority":1}},"a":{{"misp-attribute":"text"}}}}}}"#
        )
    };
    let template: TemplateFile = parse(file("ip").as_bytes()).unwrap();
    assert_eq!(template.attributes.0[0].0, "ip", "in the order of the file");
    let error = parse::<TemplateFile>(file("domain").as_bytes()).unwrap_err();
    assert!(error.to_string().contains("`domain`"), "{error}");
}

#[test]
fn a_warninglist_is_a_list_or_an_object_of_comments() {
    let file: WarninglistFile = parse(
        br#"{"name":"n","type":["cidr","string"],"version":"20240101","matching_attributes":["ALL"],
            "list":{"10.0.0.0/8":"private","::1":null}}"#,
    )
    .unwrap();
    assert_eq!(
        (file.kind, file.version, file.category),
        (Kind::Cidr, 20_240_101, Category::FalsePositive)
    );
    assert!(file.is_for_all());
    assert_eq!(file.list.0[0].comment, "private");
    let error = parse::<WarninglistFile>(br#"{"name":"n","type":"fuzzy","list":[]}"#).unwrap_err();
    assert!(error.to_string().contains("`fuzzy`"), "{error}");
}

#[test]
fn what_is_broken_says_where() {
    for (content, hint) in [
        (&b"{"[..], "line 1"),
        (br#"{"description":"d","predicates":[]}"#, "`namespace`"),
        (
            br#"{"namespace":" ","description":"d","predicates":[]}"#,
            "`namespace`",
        ),
    ] {
        let error = parse::<TaxonomyFile>(content).unwrap_err().to_string();
        assert!(error.contains(hint), "{error}");
    }
}
