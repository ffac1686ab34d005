use std::io;
use std::slice;
use std::sync::Arc;

use crate::diag::{
    Class, Drawing, DrawnFinding, DrawnLink, DrawnResource, FileKind, InternetReach, LinkEnd, Place, Severity,
};
use crate::text::SourceName;

use super::{drawing_dot, drawing_html, drawing_mermaid};

fn resource(id: &str, kind: &str) -> DrawnResource {
    DrawnResource {
        logical_id: id.to_owned(),
        resource_type: kind.to_owned(),
        place: Place::file(&Arc::new(SourceName::from_display("t.yaml"))),
        condition: None,
        conditional: false,
        internet: None,
        findings: Vec::new(),
    }
}

fn finding(class: Class, severity: Severity) -> DrawnFinding {
    DrawnFinding { rule: "a_rule".to_owned(), severity, class, message: "it is so".to_owned(), line: 3 }
}

fn link(from: usize, to: LinkEnd, always: bool) -> DrawnLink {
    DrawnLink { from, to, role: "Role".to_owned(), always }
}

fn drawing(resources: Vec<DrawnResource>, links: Vec<DrawnLink>) -> Drawing {
    let (path, findings) = ("t.yaml".to_owned(), Vec::new());
    Drawing { path, kind: FileKind::Template, resources, links, findings, cut: false }
}

fn text(write: fn(&[Drawing], &mut dyn io::Write) -> io::Result<()>, drawings: &[Drawing]) -> String {
    let mut bytes = Vec::new();
    write(drawings, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn unknown(reason: &str) -> LinkEnd {
    LinkEnd::Unknown { resource_type: "T".to_owned(), reason: reason.to_owned() }
}

#[test]
fn a_line_shows_whether_a_link_holds() {
    let resources = vec![resource("A", "X"), resource("B", "Y")];
    let ends = [(LinkEnd::Resource(1), true), (LinkEnd::Resource(1), false), (unknown("p"), true)];
    let drawing = drawing(resources, ends.into_iter().map(|(end, always)| link(0, end, always)).collect());
    let dot = text(drawing_dot, slice::from_ref(&drawing));
    for expected in
        ["r0_0 -> r0_1 [label=\"Role\", style=solid]", "style=dashed]", "r0_0 -> r0_2 [label=\"Role\", style=dotted]"]
    {
        assert!(dot.contains(expected), "{expected}: {dot}");
    }
    let mermaid = text(drawing_mermaid, &[drawing]);
    for expected in ["r0_0 -->|\"Role\"| r0_1", "r0_0 -.->|\"Role\"| r0_1", "r0_0 -.->|\"Role\"| r0_2"] {
        assert!(mermaid.contains(expected), "{expected}: {mermaid}");
    }
}

#[test]
fn one_unknown_thing_is_drawn_once_and_two_are_two() {
    let links = vec![link(0, unknown("q"), true), link(1, unknown("p"), true), link(1, unknown("q"), false)];
    let dot = text(drawing_dot, &[drawing(vec![resource("A", "X"), resource("B", "X")], links)]);
    assert_eq!(dot.matches("label=\"T?").count(), 2, "{dot}");
    assert!(dot.contains("r0_2 [label=\"T?\\np\"") && dot.contains("r0_3 [label=\"T?\\nq\""), "{dot}");
    assert!(dot.contains("r0_0 -> r0_3") && dot.contains("r0_1 -> r0_2") && dot.contains("r0_1 -> r0_3"), "{dot}");
}

#[test]
fn the_internet_leads_to_what_it_reaches_and_to_nothing_else() {
    let faces = [
        InternetReach::Always(Vec::new()),
        InternetReach::Sometimes(Vec::new()),
        InternetReach::Unsure("p".to_owned()),
        InternetReach::Never,
    ];
    let faces = faces.map(|face| DrawnResource { internet: Some(face), ..resource("A", "X") });
    let dot = text(drawing_dot, &[drawing(faces.to_vec(), Vec::new())]);
    for (number, style) in [(0, "solid"), (1, "dashed"), (2, "dotted")] {
        assert!(dot.contains(&format!("internet -> r0_{number} [color=\"#b42318\", style={style}]")), "{dot}");
    }
    assert!(!dot.contains("internet -> r0_3"), "{dot}");
    assert!(!text(drawing_dot, &[drawing(vec![resource("A", "X")], Vec::new())]).contains("internet"));
}

#[test]
fn only_findings_that_count_colour_a_resource() {
    let findings = vec![
        finding(Class::Unsure, Severity::Critical),
        finding(Class::When, Severity::Low),
        finding(Class::Always, Severity::Medium),
    ];
    let drawing = drawing(vec![DrawnResource { findings, ..resource("A", "X") }], Vec::new());
    assert!(text(drawing_dot, slice::from_ref(&drawing)).contains("A\\nX\\n2 findings: medium"));
    let mermaid = text(drawing_mermaid, &[drawing]);
    assert!(mermaid.contains("2 findings: medium\"]:::medium"), "{mermaid}");
    assert!(!mermaid.contains("critical"), "{mermaid}");
}

#[test]
fn templates_are_kept_apart() {
    let one = drawing(vec![resource("A", "X")], Vec::new());
    let dot = text(drawing_dot, &[one.clone(), one]);
    assert!(dot.contains("subgraph cluster_0") && dot.contains("subgraph cluster_1"), "{dot}");
    assert!(dot.contains("r0_0 [") && dot.contains("r1_0 ["), "{dot}");
}

/// What would break out of a label of any of the formats.
const HOSTILE: &str = "x\"]; evil [label=\"\\\" -- \\N &quot; `md` #quot; <b onload=alert(1)> </script><!-- {{data}} {{script}} \
                       \u{1b}[31m\u{202e}\nr9_9 --> r9_8\n  end\n::error::x ##[error]x";

fn hostile() -> Drawing {
    let hostile = || HOSTILE.to_owned();
    let bad = DrawnFinding { rule: hostile(), message: hostile(), ..finding(Class::Always, Severity::High) };
    let node = DrawnResource {
        condition: Some(hostile()),
        internet: Some(InternetReach::Always(vec![hostile()])),
        findings: vec![bad.clone()],
        ..resource(HOSTILE, HOSTILE)
    };
    let end = LinkEnd::Unknown { resource_type: hostile(), reason: hostile() };
    let links = vec![DrawnLink { from: 0, to: end, role: hostile(), always: true }];
    Drawing { path: hostile(), findings: vec![bad], ..drawing(vec![node], links) }
}

#[test]
fn no_name_breaks_out_of_a_string_of_dot() {
    let dot = text(drawing_dot, &[hostile()]);
    for line in dot.lines() {
        let mut inside = false;
        let mut outside = String::new();
        let mut chars = line.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' if inside => {
                    let next = chars.next();
                    assert!(matches!(next, Some('\\' | '"' | 'n')), "{line}");
                }
                '"' => inside = !inside,
                c if !inside => outside.push(c),
                _ => {}
            }
        }
        assert!(!inside && !outside.contains("evil") && !outside.contains("r9_"), "{line}");
        assert!(!line.contains("&quot;"), "an entity would be read: {line}");
    }
    harmless(&dot);
}

#[test]
fn no_name_means_anything_to_mermaid() {
    let mermaid = text(drawing_mermaid, &[hostile()]);
    for line in mermaid.lines() {
        let parts: Vec<&str> = line.split('"').collect();
        assert!(parts.len() <= 3, "{line}");
        if let [_, inside, _] = parts.as_slice() {
            let inside = inside.replace("<br/>", "");
            assert!(!inside.contains(['`', '<', '>', '[', ']', '\\', '&']), "{line}");
            let entity = |rest: &str| rest.split_once(';').is_some_and(|(code, _)| code.parse::<u32>().is_ok());
            assert!(inside.split('#').skip(1).all(entity), "{line}");
        }
        assert!(!line.trim_start().starts_with("r9_"), "{line}");
    }
    assert_eq!(mermaid.lines().filter(|line| line.trim() == "end").count(), 1, "{mermaid}");
    harmless(&mermaid);
}

#[test]
fn no_name_becomes_markup_or_script_of_a_page() {
    let clean = text(drawing_html, &[drawing(vec![resource("A", "X")], Vec::new())]);
    let page = text(drawing_html, &[hostile()]);
    let apart = |page: &str| {
        let (before, rest) = page.split_once("id=\"data\">").unwrap();
        let (data, after) = rest.split_once("</script>").unwrap();
        [before, data, after].map(str::to_owned)
    };
    let [before, data, after] = apart(&page);
    let [clean_before, _, clean_after] = apart(&clean);
    assert!(before == clean_before && after == clean_after, "nothing else hangs on a template");
    assert!(!data.contains(['<', '>', '&']), "{data}");
    let value: serde_json::Value = serde_json::from_str(&data).unwrap();
    let id = value[0]["nodes"][0]["id"].as_str().unwrap();
    assert!(id.contains("</script><!-- {{data}} {{script}} ␛[31m\\u{202e} r9_9"), "what is hidden is shown: {id}");
    harmless(&data);
}

#[test]
fn a_page_allows_its_own_script_and_style_and_nothing_else() {
    let page = text(drawing_html, &[]);
    let policy = page.split_once("Content-Security-Policy\" content=\"").unwrap().1.split_once('"').unwrap().0;
    let mut parts = policy.split("; ");
    assert_eq!(parts.next(), Some("default-src 'none'"));
    assert!(parts.next().unwrap().starts_with("script-src 'sha256-"));
    assert!(parts.next().unwrap().starts_with("style-src 'sha256-"));
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    // The namespace of SVG is a name, not an address that is asked.
    assert!(!page.replace("http://www.w3.org/2000/svg", "").contains("://"), "nothing is fetched");
    for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "style=", "fetch(", "{{"] {
        assert!(!page.contains(way), "{way}");
    }
}

fn harmless(text: &str) {
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    assert!(!text.contains("##[") && !text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
}
