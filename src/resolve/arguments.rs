//! Whether functions are called with arguments that they take.

use crate::diag::Code;
use crate::syntax::NodeId;
use crate::template::{Call, Function, boolean_call, call as call_of, long_form};

use super::address_blocks::address_blocks;
use super::problems::Walk;

/// Functions that another service replaces before CloudFormation sees them.
const FOREIGN_FUNCTIONS: [&str; 2] = ["Fn::GetArtifactAtt", "Fn::GetParam"];

impl<'a> Walk<'a> {
    /// Checks a call by itself.
    pub(super) fn arguments(&mut self, call: &Call<'a>, rules: bool) {
        let document = self.resolver.template.document;
        let items = document.items(call.argument);
        let name = call.function.name();
        let is_list = document.is_sequence(call.argument);
        let inner = if call.short_form { long_form(document, call.argument) } else { call_of(document, call.argument) };
        let count = |few: usize, many: usize| is_list && (few..=many).contains(&items.len());
        let (fits, wanted) = match call.function {
            Function::Unknown(name) => {
                if !FOREIGN_FUNCTIONS.contains(&name) {
                    let message = format!("CloudFormation has no function `{name}`");
                    let meant = meant(name).map(|meant| format!("did you mean `{meant}`?"));
                    let help = meant.as_deref().unwrap_or("it is left alone; a tool that knows it must run first");
                    self.problem(Code::FunctionUnknown, message, call.span, help);
                }
                return;
            }
            Function::Contains
            | Function::EachMemberEquals
            | Function::EachMemberIn
            | Function::RefAll
            | Function::ValueOf
            | Function::ValueOfAll
                if !rules =>
            {
                let message = format!("`{name}` works only in `Rules`");
                let help = "elsewhere write a condition with `Fn::Equals`, `Fn::And` and `Fn::Or`";
                self.problem(Code::FunctionUnknown, message, call.span, help);
                return;
            }
            Function::Join | Function::Select | Function::Split | Function::Equals => (count(2, 2), "two arguments"),
            Function::If => (count(3, 3), "a condition and two values"),
            Function::And | Function::Or => (count(2, 10), "2 to 10 conditions"),
            Function::Not => (count(1, 1), "one condition"),
            Function::FindInMap => (count(3, 4), "a mapping and two keys"),
            Function::Cidr => (count(2, 3), "an address block, a count and a number of bits"),
            Function::Sub => {
                let text = document.text(call.argument).is_some();
                let pair = count(1, 2) && items.get(1).is_none_or(|map| document.is_mapping(*map));
                (text || pair, "a text, or a text and a map")
            }
            Function::GetAtt => {
                let dotted = document.text(call.argument).is_some_and(|text| text.contains('.'));
                (dotted || is_list && items.len() >= 2, "a resource and an attribute")
            }
            _ => (true, ""),
        };
        // What a function gives is not known here; the argument may be one.
        if !fits && inner.is_none() {
            self.problem(Code::FunctionArguments, format!("`{name}` needs {wanted}"), call.span, form(call.function));
            return;
        }
        match (call.function, items) {
            (Function::If, [condition, ..]) => {
                let named = boolean_call(document, *condition).is_none() && document.text(*condition).is_some();
                if !named {
                    let message = "`Fn::If` needs the name of a condition".to_owned();
                    let help = "define the condition in `Conditions` and write its name here";
                    let tag = document.tag_span(*condition);
                    let place = tag.map_or(document.span(*condition), |tag| tag.join(document.span(*condition)));
                    self.problem(Code::FunctionArguments, message, place, help);
                }
            }
            (Function::Select, [index, list]) => self.select(call, *index, *list),
            (Function::Cidr, [block, count, bits]) => {
                let texts = [block, count, bits].map(|node| self.plain_text(*node));
                if let [Some(block), Some(count), Some(bits)] = texts
                    && address_blocks(block, count, bits).is_none()
                {
                    let message = format!("`Fn::Cidr` cannot cut {count} blocks with {bits} bits out of `{block}`");
                    let help = "take a larger block, fewer blocks or fewer bits";
                    self.problem(Code::FunctionArguments, message, call.span, help);
                }
            }
            (Function::FindInMap, [mapping, first, second, options @ ..]) => {
                let has_default = options.iter().any(|options| document.get(*options, "DefaultValue").is_some());
                self.lookup(call, [*mapping, *first, *second], has_default);
            }
            _ => {}
        }
    }

    /// The text of a node that is no function.
    fn plain_text(&self, node: NodeId) -> Option<&'a str> {
        let document = self.resolver.template.document;
        document.text(node).filter(|_| call_of(document, node).is_none())
    }

    fn select(&mut self, select: &Call<'a>, index: NodeId, list: NodeId) {
        let document = self.resolver.template.document;
        let Some(index) = self.plain_text(index).filter(|index| !index.contains('{')) else { return };
        let Ok(number) = index.trim().parse::<i64>() else {
            let message = format!("`Fn::Select` needs a number, not `{index}`");
            return self.problem(Code::FunctionArguments, message, select.span, form(Function::Select));
        };
        let items = document.items(list);
        let known = document.is_sequence(list)
            && call_of(document, list).is_none()
            && items
                .iter()
                .all(|item| call_of(document, *item).is_none_or(|call| call.function != Function::Transform));
        if number < 0 || known && usize::try_from(number).is_ok_and(|number| number >= items.len()) {
            let message = format!("`Fn::Select` of item {number} of a list with {} items", items.len());
            self.problem(Code::FunctionArguments, message, select.span, "items are counted from 0");
        }
    }

    fn lookup(&mut self, lookup: &Call<'a>, nodes: [NodeId; 3], has_default: bool) {
        let [mapping, first, second] = nodes.map(|node| self.plain_text(node));
        let Some(name) = mapping.filter(|name| !name.contains('{')) else { return };
        if has_default || self.open_names {
            return;
        }
        let first = first.filter(|key| !key.contains('{'));
        let second = second.filter(|key| !key.contains('{'));
        let missing = match self.mappings.get(name) {
            None => {
                let message = format!("mapping `{name}` is not defined");
                let help = "define it in `Mappings`, or correct the name";
                return self.problem(Code::MappingUndefined, message, lookup.span, help);
            }
            Some(None) => None,
            Some(Some(rows)) => match (first.map(|key| (key, rows.get(key))), second) {
                (Some((key, None)), _) => Some(key),
                (Some((_, Some(row))), Some(key)) => (!row.contains(key)).then_some(key),
                _ => None,
            },
        };
        if let Some(key) = missing {
            let message = format!("mapping `{name}` has no such entry: there is no `{key}`");
            self.problem(Code::MappingUndefined, message, lookup.span, "add the entry, or correct the key");
        }
    }
}

/// How a function is written.
fn form(function: Function<'_>) -> &'static str {
    match function {
        Function::Join => "write `!Join [delimiter, [value, ...]]`",
        Function::Select => "write `!Select [number, [value, ...]]`; items are counted from 0",
        Function::Split => "write `!Split [delimiter, text]`",
        Function::Equals => "write `!Equals [one value, another]`",
        Function::If => "write `!If [condition, value if it holds, value if not]`; `!Ref AWS::NoValue` is no value",
        Function::And | Function::Or => "write `!And [condition, condition, ...]`, conditions as `!Condition Name`",
        Function::Not => "write `!Not [condition]`",
        Function::FindInMap => "write `!FindInMap [mapping, first key, second key]`",
        Function::Cidr => "write `!Cidr [address block, count, bits]`",
        Function::Sub => "write `!Sub text with ${Name}`, or `!Sub [text, {Name: value}]`",
        Function::GetAtt => "write `!GetAtt Resource.Attribute`",
        _ => "",
    }
}

/// The functions that a misspelled one may be.
const FUNCTIONS: [&str; 19] = [
    "Ref",
    "Fn::GetAtt",
    "Fn::Sub",
    "Fn::Join",
    "Fn::Select",
    "Fn::Split",
    "Fn::FindInMap",
    "Fn::If",
    "Fn::And",
    "Fn::Or",
    "Fn::Not",
    "Fn::Equals",
    "Fn::Base64",
    "Fn::Cidr",
    "Fn::GetAZs",
    "Fn::ImportValue",
    "Fn::Transform",
    "Fn::Length",
    "Fn::ToJsonString",
];

/// The function that an unknown one was meant to be: the same letters in another case, or one letter off.
fn meant(name: &str) -> Option<&'static str> {
    let bare = name.trim_start_matches('!').trim_start_matches("Fn::").to_ascii_lowercase();
    let one_off = |known: &str| {
        let (short, long) = if known.len() < bare.len() { (known, bare.as_str()) } else { (bare.as_str(), known) };
        let same = short.bytes().zip(long.bytes()).take_while(|(a, b)| a == b).count();
        let tail = short.bytes().rev().zip(long.bytes().rev()).take_while(|(a, b)| a == b).count();
        long.len() >= 3 && long.len() - short.len() <= 1 && same + tail + 1 >= long.len()
    };
    FUNCTIONS.into_iter().find(|known| one_off(&known.trim_start_matches("Fn::").to_ascii_lowercase()))
}
