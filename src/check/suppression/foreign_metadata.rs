//! The metadata of other tools.

use crate::syntax::NodeId;

use super::comments::malformed;
use super::metadata::Source;
use super::written::{Tool, Written};

/// What other tools call their part of metadata; each stands in every text that has some.
pub(super) const MARKERS: [&str; 8] =
    ["checkov", "bridgecrew", "cfn_nag", "cdk_nag", "cfn-nag", "cdk-nag", "SuppressedRules", "cfn-lint"];
/// A misspelt key below `guard` is found in texts that have this.
const GUARD: &str = "SuppressedRules";
/// The longest reason that is decoded, in bytes.
const REASON: usize = 16 * 1024;

impl Source<'_, '_> {
    /// Reads the metadata of other tools that stands at `node`.
    pub(super) fn read_foreign(&mut self, node: NodeId) {
        let document = self.document;
        let whole = self.resource.is_none();
        for pair in document.pairs(node) {
            match document.text(pair.key).unwrap_or_default() {
                // The others look at resources only.
                key if whole && key != "cfn-lint" => {}
                "checkov" | "bridgecrew" => self.read_entries(Tool::Checkov, pair.value, "skip", "comment"),
                "cfn_nag" => self.read_entries(Tool::CfnNag, pair.value, "rules_to_suppress", "reason"),
                "cdk_nag" => self.read_entries(Tool::CdkNag, pair.value, "rules_to_suppress", "reason"),
                "cfn-nag" => self.misspelt(pair.key, &["cfn_nag"]),
                "cdk-nag" => self.misspelt(pair.key, &["cdk_nag"]),
                "guard" => self.read_names(Tool::Guard, pair.value, GUARD),
                "cfn-lint" => {
                    if let Some(config) = document.get(pair.value, "config") {
                        self.read_names(Tool::CfnLint, config.value, "ignore_checks");
                    }
                }
                _ => {}
            }
        }
    }

    /// A list of names.
    fn read_names(&mut self, tool: Tool, node: NodeId, list: &str) {
        let document = self.document;
        let Some(found) = document.get(node, list) else {
            if tool == Tool::Guard {
                self.read_misspelt(node, list);
            }
            return;
        };
        let items = document.items(found.value);
        let items = if items.is_empty() { std::slice::from_ref(&found.value) } else { items };
        for item in items {
            if let Some(name) = self.plain(*item).filter(|name| !name.is_empty()) {
                self.written.push(self.one(tool, name.trim(), *item));
            }
        }
    }

    fn read_misspelt(&mut self, node: NodeId, list: &str) {
        let keys: Vec<NodeId> = self.document.pairs(node).map(|pair| pair.key).collect();
        for key in keys {
            self.misspelt(key, &[list]);
        }
    }

    /// A list of entries with an id and a reason.
    fn read_entries(&mut self, tool: Tool, node: NodeId, list: &str, reason: &str) {
        let document = self.document;
        let Some(found) = document.get(node, list) else { return self.read_misspelt(node, list) };
        for item in document.items(found.value) {
            let value = |key: &str| document.get(*item, key).map(|pair| pair.value);
            let Some((id, node)) = value("id").and_then(|node| Some((self.plain(node)?, node))) else {
                let message = format!("an entry of `{list}` has no `id`");
                self.problems.push(malformed(
                    message,
                    document.span(*item),
                    "name the rule: as it is, it silences nothing",
                ));
                continue;
            };
            let reason = value(reason).and_then(|node| self.plain(node)).unwrap_or_default().trim();
            let encoded = value("is_reason_encoded").and_then(|node| document.text(node)) == Some("true");
            let reason = if encoded { decoded(reason).unwrap_or_default() } else { reason.to_owned() };
            // cdk-nag writes `id[finding]` for one finding of several.
            let (id, finding) = match id.split_once('[').filter(|_| tool == Tool::CdkNag) {
                Some((id, finding)) => (id, finding.strip_suffix(']')),
                None => (id, None),
            };
            let applies = value("applies_to").or(value("appliesTo"));
            let applies = applies.map(|node| document.items(node)).unwrap_or_default();
            let limits = applies.iter().map(|node| match document.get(*node, "regex") {
                // A pattern of another language is not followed: it limits to nothing that is known.
                Some(_) => String::new(),
                None => document.text(*node).unwrap_or_default().to_owned(),
            });
            let only = limits.chain(finding.map(str::to_owned)).collect();
            let reason = Some(reason).filter(|reason| !reason.is_empty());
            let one = Written { reason, only, ..self.one(tool, id.trim(), node) };
            self.written.push(one);
        }
    }
}

/// The text that a base64 text stands for.
fn decoded(text: &str) -> Option<String> {
    let digits = text.trim_end_matches('=').bytes().take(REASON);
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0_u32);
    for digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        held = (held << 6 | u32::from(value)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).unwrap_or_default());
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn encoded_reasons_are_decoded() {
        assert_eq!(decoded("bG9nIGJ1Y2tldCDigJMgbm8gbG9ncw==").as_deref(), Some("log bucket – no logs"));
        assert_eq!(decoded("no base64!"), None);
        assert_eq!(decoded("/////w=="), None);
        assert_eq!(decoded("").as_deref(), Some(""));
    }
}
