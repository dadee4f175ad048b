//! Markdown to HTML: what is meant, what is hostile, and how long it takes.

use super::*;
use std::time::{Duration, Instant};
use uuid::Uuid;

const ATTRIBUTE: &str = "61a220f3-73ac-4a9c-8135-800279c90719";

fn html(text: &str) -> String {
    Document::parse(text).html(|reference| match reference {
        Reference::Attribute { uuid, .. } if uuid.to_string() == ATTRIBUTE => Some(Shown {
            href: "/events/view/1#attribute-2".into(),
            label: "domain".into(),
            text: "evil.example.com\"><script>".into(),
        }),
        _ => None,
    })
}

#[test]
fn what_reports_are_made_of_becomes_html() {
    let text = "# Title\n\nOne *two* **three** ~~four~~ `code`\n\n- [x] a\n- b\n\n1. c\n\n> quote\n\n```\nlet x = 1 < 2;\n```\n\n\
                | h |\n|---|\n| c |\n\n---\n";
    let html = html(text);
    for part in [
        "<h2>Title</h2>",
        "<p>One <em>two</em> <strong>three</strong> <del>four</del> <code>code</code></p>",
        "☑ a",
        "<ol start=\"1\"><li>c</li>",
        "<blockquote><p>quote</p>",
        "<code>let x = 1 &lt; 2;\n</code>",
        "<thead><tr><th>h</th></tr></thead><tbody><tr><td>c</td></tr>",
        "<hr>",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
}

#[test]
fn references_are_found_in_text_and_nowhere_else() {
    let text = format!(
        "See @[attribute]({ATTRIBUTE}), @![attribute]({ATTRIBUTE}), @[object]({ATTRIBUTE}) and \
         @[tag](misp-galaxy:tool=\"A_b (c_d)\"). `@[tag](code)` \\@[tag](escaped) @[tag]() @[attribute](nonsense)"
    );
    let uuid = Uuid::parse_str(ATTRIBUTE).unwrap();
    let document = Document::parse(&text);
    assert_eq!(
        document.references(),
        [
            Reference::Attribute { uuid, picture: false },
            Reference::Attribute { uuid, picture: true },
            Reference::Object { uuid },
            Reference::Tag {
                name: "misp-galaxy:tool=\"A_b (c_d)\"".into()
            },
            Reference::Tag { name: "code".into() },
        ]
    );
    let html = html(&text);
    let pill = "<a class=\"ref\" href=\"/events/view/1#attribute-2\"><span class=\"ref-kind\">domain</span> \
                evil.example.com&quot;&gt;&lt;script&gt;</a>";
    assert_eq!(html.matches(pill).count(), 2, "{html}");
    assert!(
        html.contains("<span class=\"ref missing\""),
        "the object is not known: {html}"
    );
    assert!(
        html.contains("misp-galaxy:tool=&quot;A_b (c_d)&quot;</span>"),
        "{html}"
    );
    assert!(html.contains("<code>@[tag](code)</code>"), "{html}");
    assert!(html.contains("@tag"), "an escaped at sign is one: {html}");
}

#[test]
fn a_reference_inside_a_link_does_not_end_it() {
    let html = html(&format!("[see @[attribute]({ATTRIBUTE})](https://example.com/)"));
    assert_eq!(html.matches("<a ").count(), 1, "{html}");
    assert!(
        html.contains("<span class=\"ref\"><span class=\"ref-kind\">domain"),
        "{html}"
    );
}

/// Every `<` of the result begins one of our own elements, and every attribute is one of ours.
fn assert_safe(html: &str) {
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("every tag ends");
        let name = tag.trim_start_matches('/').split(' ').next().unwrap();
        let known = [
            "p",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "blockquote",
            "pre",
            "code",
            "ul",
            "ol",
            "li",
            "div",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "em",
            "strong",
            "del",
            "a",
            "span",
            "br",
            "hr",
        ];
        assert!(known.contains(&name), "<{tag}>");
        let mut rest = tag.trim_start_matches('/').strip_prefix(name).unwrap();
        while let Some(attribute) = rest.strip_prefix(' ') {
            let (attribute, after) = attribute.split_once("=\"").expect("attributes are quoted");
            let (value, after) = after.split_once('"').expect("attributes end");
            assert!(
                ["class", "href", "title", "rel", "target", "start", "tabindex"].contains(&attribute),
                "<{tag}>"
            );
            if attribute == "href" {
                assert!(
                    ["http://", "https://", "mailto:", "/events/"]
                        .iter()
                        .any(|start| value.to_ascii_lowercase().starts_with(start)),
                    "{value}"
                );
            }
            rest = after;
        }
        assert_eq!(rest, "", "<{tag}>");
    }
}

#[test]
fn nothing_hostile_gets_through() {
    let hostile = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick=\"x()\">b</b> <svg/onload=alert(1)> <iframe src=\"https://example.com\"></iframe>",
        "<style>*{display:none}</style>\n\n<base href=\"https://example.com/\">",
        "[x](javascript:alert(1)) [x](JaVaScRiPt:alert(1)) [x](&#106;avascript:alert(1)) [x](java\tscript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=) [x](vbscript:x) [x](//example.com/) [x](/users/logout) <javascript:alert(1)>",
        "[x](https://example.com/\"onmouseover=\"alert(1)) [x](<https://example.com/\"><script>alert(1)</script>>)",
        "[x](https://example.com 'title\" onmouseover=\"alert(1)')",
        "![x](https://example.com/pixel.png) ![![a](https://a.example/x.png)](https://b.example/y.png)",
        "[![a](https://a.example/x.png)](javascript:alert(1))",
        "![a][r]\n\n[r]: javascript:alert(1) \"x\"",
        "@[tag](<script>alert(1)</script>) @[tag](\" onclick=\"x) @[attribute](javascript:alert(1))",
        "\u{e000}0\u{e001} \u{e000}99999999999999999999\u{e001} \u{e000}\u{e001}",
        "```\"><script>alert(1)</script>\nx\n```",
        "| <script> | a |\n|---|---|\n| <img src=x onerror=x> | `<b>` |",
        "- <script>\n  > <script>\n    1. <script>",
        "&lt;script&gt; &#60;script&#62;",
        "<!-- --> <?php x ?> <![CDATA[<script>]]>",
        "a\u{202e}gpj.exe",
    ];
    for text in hostile {
        let html = html(text);
        assert_safe(&html);
        assert!(
            !html.contains("<script") && !html.contains("<img"),
            "{text}: {html}"
        );
    }
    assert!(!html("a\u{202e}gpj.exe").contains('\u{202e}'));
}

#[test]
fn links_tell_no_referrer_and_images_are_not_loaded() {
    let page =
        html("[x](https://example.com/?a=1&b=2) ![pic](http://example.com/p.png) <mailto:a@example.com>");
    assert_eq!(
        page.matches("rel=\"noopener noreferrer nofollow\"").count(),
        3,
        "{page}"
    );
    assert!(
        page.contains("href=\"https://example.com/?a=1&amp;b=2\""),
        "{page}"
    );
    assert!(page.contains(">Image: pic</a>"), "{page}");
}

#[test]
fn long_rules_and_ordinary_nesting_stay_as_they_are() {
    assert!(html(&"-".repeat(300)).contains("<hr>"));
    assert_eq!(
        html(&format!("{}x", "> ".repeat(5)))
            .matches("<blockquote>")
            .count(),
        5
    );
}

#[test]
fn a_megabyte_of_anything_is_rendered_in_time() {
    const SIZE: usize = 1024 * 1024;
    // Far more than it takes without optimisation on a busy machine, far less than anything quadratic.
    const LIMIT: Duration = Duration::from_secs(20);
    let fill = |unit: &str| unit.repeat(SIZE / unit.len());
    let hostile = [
        fill("> "),
        fill("- "),
        fill("1. "),
        fill("*"),
        fill("**a _b "),
        fill("["),
        fill("![a]("),
        fill("[a](https://example.com/) "),
        fill("<a "),
        fill("`"),
        fill("` `` "),
        fill("&"),
        fill("|"),
        fill("|a|\n|-|\n"),
        fill("@[tag]("),
        fill(&format!("@[attribute]({ATTRIBUTE}) ")),
        fill("(").replace('(', "[(") + "x",
        format!("{}x\n{}", "+ ".repeat(SIZE / 4), "\n".repeat(SIZE / 2)),
        format!("{}x\n\n{}", "1. ".repeat(SIZE / 8), "   a\n\n".repeat(SIZE / 10)),
        format!("{}\n{}", "> ".repeat(SIZE / 4), "a\n".repeat(SIZE / 4)),
        format!("{}x\n{}", "+ ".repeat(SIZE / 4), "a\n".repeat(SIZE / 4)),
        format!("{}x\n{}", "1) ".repeat(SIZE / 8), "a\n".repeat(SIZE / 4)),
        format!("{}x\n{}", ">".repeat(SIZE / 2), ">a\n".repeat(SIZE / 6)),
        fill("\n\n    x\n- y\n"),
        fill("[x]: y\n"),
        fill("[x][x] "),
        fill("<!--"),
        fill("<?"),
        fill("~~"),
        fill("é\u{202e}"),
    ];
    for text in hostile {
        let begun = Instant::now();
        let html = html(&text);
        let taken = begun.elapsed();
        let start: String = text.chars().take(20).collect();
        assert!(taken < LIMIT, "{start:?} took {taken:?}");
        assert_safe(&html);
        let depth = html
            .match_indices('<')
            .scan(0_i64, |depth, (at, _)| {
                let tag = html.get(at..).unwrap();
                if !tag.starts_with("<br>") && !tag.starts_with("<hr>") {
                    *depth += if tag.starts_with("</") { -1 } else { 1 };
                }
                Some(*depth)
            })
            .max();
        assert!(depth.unwrap_or(0) < 100, "{start:?} is {depth:?} deep");
    }
}
