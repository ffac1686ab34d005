//! `Globals`: properties that every SAM resource of a type shares.

use crate::template::ResourceEntry;
use crate::value::Segment;

use super::Resolver;
use super::part::{Part, below};

/// A section of `Globals`.
pub(super) fn section<'a>(resolver: &'a Resolver<'a>, section: &'static str) -> Option<Part<'a>> {
    let document = resolver.template.document;
    let globals = document.get(resolver.template.root?, "Globals")?;
    let pair = document.get(globals.value, section)?;
    let path = below(resolver, resolver.root_path, Segment::Key("Globals"), document.span(globals.key));
    let path = below(resolver, path, Segment::Key(section), document.span(pair.key));
    Some(Part::written(resolver, pair.value, path)).filter(|part| part.is_map())
}

/// The properties of a SAM resource with those of `Globals` below them, except what the resource ignores.
pub(super) fn merged<'a>(resolver: &'a Resolver<'a>, entry: &ResourceEntry<'a>, local: Part<'a>) -> Part<'a> {
    let name = match entry.resource_type {
        "AWS::Serverless::Function" => "Function",
        "AWS::Serverless::Api" => "Api",
        "AWS::Serverless::HttpApi" => "HttpApi",
        "AWS::Serverless::WebSocketApi" => "WebSocketApi",
        "AWS::Serverless::SimpleTable" => "SimpleTable",
        "AWS::Serverless::StateMachine" => "StateMachine",
        "AWS::Serverless::LayerVersion" => "LayerVersion",
        _ => return local,
    };
    let Some(global) = section(resolver, name) else { return local };
    let document = resolver.template.document;
    let global = match document.get(entry.named.node, "IgnoreGlobals").map(|pair| pair.value) {
        None => global,
        Some(node) if document.text(node) == Some("*") => return local,
        Some(node) => {
            let ignored: Vec<&str> = document.items(node).iter().filter_map(|item| document.text(*item)).collect();
            global.without(&ignored)
        }
    };
    global.under(local, 0)
}
