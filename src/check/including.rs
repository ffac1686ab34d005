//! `AWS::Include` of files of the scan: put into the document before it is read as a template.

use std::collections::BTreeMap;

use bumpalo::Bump;

use crate::diag::{Code, Limits, as_count};
use crate::syntax::{Content, Document, NodeId, Pair, read};
use crate::template::TemplateProblem;
use crate::text::{SourceFile, Span};

use super::checker::hint;
use super::heard::Among;
use super::neighbours::{Ask, is_local};
use super::texts::Text;

/// The most places of one file that include another.
const SITES: usize = 200;

/// A place where a file is included.
pub(super) struct Site {
    /// The mapping that it becomes a part of, or that it stands for.
    host: NodeId,
    way: Way,
    /// The path as written.
    pub(super) location: String,
    /// Where that stands.
    span: Span,
}

/// How a file is included.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// In place of the mapping.
    Instead,
    /// Beside the other pairs of the mapping, in place of the pair with that key.
    Beside(NodeId),
    /// As sections of the template, asked for by an item of the list under `Transform`.
    Section(NodeId, NodeId),
}

/// The places where local files are included.
pub(super) fn sites(document: &Document<'_>, root: NodeId) -> Vec<Site> {
    let mut sites = Vec::new();
    for node in document.nodes() {
        if document.tag(node) == Some("!Transform") {
            sites.extend(site(document, node, node, Way::Instead));
            continue;
        }
        if !matches!(document.content(node), Content::Mapping(_)) {
            continue;
        }
        let single = document.pairs(node).count() == 1;
        for pair in document.pairs(node) {
            let way = match document.text(pair.key) {
                Some("Fn::Transform") if single && node != root => Way::Instead,
                Some("Fn::Transform") => Way::Beside(pair.key),
                Some("Transform") if node == root && document.is_mapping(pair.value) => Way::Beside(pair.key),
                Some("Transform") if node == root => {
                    for &item in document.items(pair.value) {
                        sites.extend(site(document, node, item, Way::Section(pair.value, item)));
                    }
                    continue;
                }
                _ => continue,
            };
            sites.extend(site(document, node, pair.value, way));
        }
    }
    sites
}

fn site(document: &Document<'_>, host: NodeId, transform: NodeId, way: Way) -> Option<Site> {
    let name = document.get(transform, "Name")?;
    if document.text(name.value) != Some("AWS::Include") {
        return None;
    }
    let location = document.get(document.get(transform, "Parameters")?.value, "Location")?.value;
    let text = document.text(location).filter(|text| is_local(text) && document.tag(location).is_none())?;
    Some(Site { host, way, location: text.to_owned(), span: document.span(location) })
}

/// Puts the files that `source` includes into its document. Those that the scan does not have stay calls.
pub(super) fn include<'t>(
    arena: &'t Bump,
    source: &'t SourceFile,
    document: &mut Document<'t>,
    text: &mut Text<'t>,
    neighbours: &Among<'_, 't>,
    limits: &Limits,
) -> Vec<TemplateProblem> {
    let mut problems = Vec::new();
    let Some(root) = document.root() else { return problems };
    let mut sites = sites(document, root);
    if let Some(beyond) = sites.get(SITES) {
        problems.push(TemplateProblem {
            code: Code::NestedBudget,
            message: format!("{} files are included: only the first {SITES} are followed", sites.len()),
            span: beyond.span,
            help: None,
        });
        sites.truncate(SITES);
    }
    let mut bytes = source.text().len();
    let from = &source.name().display;
    let mut found: BTreeMap<usize, &'t SourceFile> = BTreeMap::new();
    let mut followed = Vec::new();
    for site in sites {
        let problem = |code, message: String, help: &str| TemplateProblem {
            code,
            message,
            span: site.span,
            help: Some(help.to_owned()),
        };
        match neighbours.asked(from, &Ask::Path(site.location.clone())) {
            Some((_, included)) if included.name() == source.name() => {
                let message = format!("`{}` includes itself", site.location);
                problems.push(problem(Code::NestedCycle, message, "name another file"));
            }
            Some((number, included)) => {
                let more = if found.contains_key(&number) { 0 } else { included.text().len() };
                if bytes + more > as_count(limits.file_size) {
                    let message =
                        format!("with `{}` the template is larger than {} bytes", site.location, limits.file_size);
                    problems.push(problem(Code::FileTooBig, message, "raise the limit `file-size`, or include less"));
                    continue;
                }
                bytes += more;
                found.insert(number, included);
                followed.push((site, number));
            }
            None => {
                let message = format!("`{}`, which is included here, is not among the scanned files", site.location);
                problems.push(problem(Code::NestedMissing, message, "scan the folder that holds both"));
            }
        }
    }
    if found.is_empty() {
        return problems;
    }
    let mut whole = source.text().to_owned();
    let mut starts = Vec::new();
    for (number, included) in found {
        whole.push('\n');
        let start = whole.len();
        whole.push_str(included.text());
        starts.push((number, included, start, whole.len()));
    }
    let whole: &'t str = arena.alloc_str(&whole);
    let mut roots = BTreeMap::new();
    for (number, included, start, end) in starts {
        text.add(start, included);
        let read = read(whole.get(start..end).unwrap_or_default(), hint(&included.name().display));
        for problem in read.problems {
            problems.push(TemplateProblem {
                code: problem.code,
                message: problem.message,
                span: Span::new(problem.span.start() + start, problem.span.end() + start),
                help: problem.help,
            });
        }
        problems.extend(refused(&read.document, start));
        if let Some(root) = document.take_in(whole, &read.document, start) {
            roots.insert(number, root);
        }
    }
    for (site, number) in followed {
        let Some(&included) = roots.get(&number) else { continue };
        problems.extend(put(document, root, &site, included));
    }
    problems
}

/// What CloudFormation does not take in an included file.
fn refused(document: &Document<'_>, start: usize) -> Option<TemplateProblem> {
    let problem = |message: &str, span: Span| TemplateProblem {
        code: Code::FunctionArguments,
        message: message.to_owned(),
        span: Span::new(span.start() + start, span.end() + start),
        help: Some("write `Fn::Sub:` and the like in full, and include every file from the template itself".to_owned()),
    };
    document.nodes().find_map(|node| {
        if let Some(tag) = document.tag(node).filter(|tag| !tag.starts_with("!!") && !tag.starts_with("!<")) {
            let message = format!("CloudFormation does not read short forms such as `{tag}` in an included file");
            return Some(problem(&message, document.tag_span(node).unwrap_or_default()));
        }
        let includes = document.pairs(node).find(|pair| document.text(pair.key) == Some("Fn::Transform"))?;
        Some(problem("an included file cannot include others", document.span(includes.key)))
    })
}

fn put(document: &mut Document<'_>, root: NodeId, site: &Site, included: NodeId) -> Option<TemplateProblem> {
    if site.way == Way::Instead {
        document.put(site.host, included);
        return None;
    }
    if !document.is_mapping(included) {
        return Some(TemplateProblem {
            code: Code::FunctionArguments,
            message: format!("`{}` is no mapping and cannot be included beside other keys", site.location),
            span: site.span,
            help: None,
        });
    }
    if let Way::Section(list, item) = site.way {
        let rest: Vec<NodeId> = document.items(list).iter().copied().filter(|other| *other != item).collect();
        document.set_items(list, &rest);
    }
    let replaced = match site.way {
        Way::Beside(key) => Some(key),
        Way::Instead | Way::Section(..) => None,
    };
    merge(document, site.host, included, replaced, site.host == root);
    None
}

/// Adds the pairs of `included` to `host`, without the pair whose key is `replaced`. What stands in both is kept as it is
/// in the host; sections are merged.
fn merge(document: &mut Document<'_>, host: NodeId, included: NodeId, replaced: Option<NodeId>, sections: bool) {
    let mut pairs: Vec<Pair> = document.pairs(host).filter(|pair| Some(pair.key) != replaced).collect();
    let added: Vec<Pair> = document.pairs(included).collect();
    let mut both = Vec::new();
    for pair in added {
        let key = document.text(pair.key);
        match pairs.iter().find(|known| document.text(known.key) == key) {
            Some(known) => both.push((known.value, pair.value)),
            None => pairs.push(pair),
        }
    }
    document.set_pairs(host, &pairs);
    if sections {
        for (host, included) in both {
            if document.is_mapping(host) && document.is_mapping(included) {
                merge(document, document.resolve_alias(host), included, None, false);
            }
        }
    }
}
