//! Credentials written into the text of a resource, wherever in it: access keys, private keys, tokens with a form that
//! nothing else has. They are found in the authored text, so that no function hides them and nothing is forked for them.

use std::sync::OnceLock;

use memchr::memmem::{self, Finder};

use crate::text::Span;
use crate::value::{Entry, Kind, Node, Path, Segment, Value, World};

use super::model::Graph;
use super::origin::Origin;
use super::read::Fields;
use super::secrets::{is_harmless, names_a_secret};

/// The most credentials that one resource lists.
const MOST: usize = 16;

/// A form of credential.
struct Form {
    /// What it is, for people.
    name: &'static str,
    /// How it begins.
    start: &'static str,
    /// Which bytes follow.
    follows: fn(u8) -> bool,
    /// How many of them at least; the credential ends where they end.
    least: usize,
    /// How many of them at most.
    most: usize,
}

const fn form(name: &'static str, start: &'static str, follows: fn(u8) -> bool, least: usize, most: usize) -> Form {
    Form { name, start, follows, least, most }
}

fn capital(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

const FORMS: [Form; 13] = [
    form("AWS access key id", "AKIA", capital, 16, 16),
    form("temporary AWS access key id", "ASIA", capital, 16, 16),
    form("GitHub token", "ghp_", alphanumeric, 36, 255),
    form("GitHub token", "gho_", alphanumeric, 36, 255),
    form("GitHub token", "ghs_", alphanumeric, 36, 255),
    form("GitHub token", "github_pat_", word, 60, 255),
    form("GitLab token", "glpat-", word, 20, 255),
    form("Slack token", "xoxb-", word, 20, 255),
    form("Slack token", "xoxp-", word, 20, 255),
    form("Google API key", "AIza", word, 35, 35),
    form("Stripe key", "sk_live_", alphanumeric, 24, 255),
    form("npm token", "npm_", alphanumeric, 36, 36),
    form("OpenAI key", "sk-proj-", word, 40, 255),
];
/// The types whose text holds scripts.
const WITH_SCRIPTS: [&str; 3] =
    ["AWS::EC2::Instance", "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration"];
/// What stands between the word for a secret access key and the key.
const SECRET_KEY_WORDS: [&str; 2] = ["secret_access_key", "secretaccesskey"];
const SECRET_KEY_LENGTH: usize = 40;
/// How a private key begins.
const PRIVATE_KEY: &str = "-----BEGIN ";
/// What stands before the host of an address.
const ADDRESS: &str = "://";

/// What looks for the beginnings of the forms.
fn finders() -> &'static [Finder<'static>] {
    static FINDERS: OnceLock<Vec<Finder<'static>>> = OnceLock::new();
    FINDERS.get_or_init(|| FORMS.iter().map(|form| Finder::new(form.start)).collect())
}

/// What of the things that credentials are found by stands in a text at all: most templates have none of them, and each of
/// their resources comes by here.
#[derive(Clone, Copy)]
pub(super) struct Signs {
    forms: [bool; FORMS.len()],
    key: bool,
    access: bool,
    address: bool,
}

impl Signs {
    pub(super) fn of(text: &str) -> Self {
        let has = |sign: &str| memmem::find(text.as_bytes(), sign.as_bytes()).is_some();
        let mut forms = [false; FORMS.len()];
        for (is_there, finder) in forms.iter_mut().zip(finders()) {
            *is_there = finder.find(text.as_bytes()).is_some();
        }
        Self { forms, key: has(PRIVATE_KEY), access: has("ccess") || has("CCESS"), address: has(ADDRESS) }
    }
}

/// A list of `{Kind, Example}`, each standing at the text in question.
pub(super) fn list<'a>(graph: &Graph<'a>, world: &World<'a, '_>, resource_type: &str, value: Value<'a>) -> Value<'a> {
    let text = graph.text_at(value.place);
    let signs = graph.signs();
    let mut found: Vec<(usize, usize, &'static str)> = Vec::new();
    let forms = FORMS.iter().zip(finders()).zip(&signs.forms);
    for ((form, finder), _) in forms.filter(|(_, is_there)| **is_there) {
        for at in finder.find_iter(text.as_bytes()) {
            let from = at + form.start.len();
            let rest = text.as_bytes().get(from..).unwrap_or_default();
            let length = rest.iter().take_while(|byte| (form.follows)(**byte)).count();
            let before = at.checked_sub(1).and_then(|before| text.as_bytes().get(before));
            let stands_alone = before.is_none_or(|byte| !byte.is_ascii_alphanumeric());
            if stands_alone && (form.least..=form.most).contains(&length) {
                found.push((at, from + length, form.name));
            }
        }
    }
    if signs.key {
        private_keys(text, &mut found);
    }
    if signs.access {
        secret_keys(text, &mut found);
    }
    if WITH_SCRIPTS.contains(&resource_type) {
        assignments(text, &mut found);
    }
    if signs.address {
        addresses(text, &mut found);
    }
    found.sort_unstable();
    found.dedup_by_key(|(at, ..)| *at);
    let items: Vec<Value<'a>> = found
        .into_iter()
        .take(MOST)
        .map(|(start, end, name)| item(world, value, text.get(start..end).unwrap_or_default(), start, end, name))
        .collect();
    Origin::of(value).list(world, &items)
}

fn item<'a>(
    world: &World<'a, '_>,
    resource: Value<'a>,
    text: &str,
    start: usize,
    end: usize,
    name: &'static str,
) -> Value<'a> {
    let base = resource.place.start();
    let place = Span::new(base + start, base + end);
    let path = world.arena.alloc(Path { parent: Some(resource.path), segment: Segment::Key("Credentials"), place });
    let node = |kind| world.node(Node { kind, place, path, via: None });
    let upper = text.to_ascii_uppercase();
    // What documentation and test data write in place of a secret.
    let example =
        ["EXAMPLE", "XXXX", "0000000", "1234567890", "ABCDEFGH", "<", "${"].iter().any(|mark| upper.contains(mark));
    let entries = [
        Entry { key: "Kind", key_place: place, value: node(Kind::String(name)) },
        Entry { key: "Example", key_place: place, value: node(Kind::Bool(example)) },
    ];
    let mut fields = Fields::default();
    for entry in entries {
        fields.push_entry(entry);
    }
    fields.finish(world, Origin::of(node(Kind::Null)))
}

/// `-----BEGIN ... PRIVATE KEY-----`.
fn private_keys(text: &str, found: &mut Vec<(usize, usize, &'static str)>) {
    for at in memmem::find_iter(text.as_bytes(), PRIVATE_KEY) {
        let after = text.get(at + PRIVATE_KEY.len()..).unwrap_or_default();
        let line = after.get(..after.len().min(64)).unwrap_or(after);
        if let Some(end) = line.find("PRIVATE KEY-----")
            && line.get(..end).is_some_and(|kind| kind.bytes().all(|b| b.is_ascii_uppercase() || b == b' '))
        {
            let end = at + PRIVATE_KEY.len() + end + "PRIVATE KEY-----".len();
            found.push((at, end, "private key"));
        }
    }
}

/// Forty characters of a key after a word that says so: `aws_secret_access_key = ...`.
fn secret_keys(text: &str, found: &mut Vec<(usize, usize, &'static str)>) {
    // Texts without the word in any spelling, which is most, are not copied.
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    if !has("ccess") && !has("CCESS") {
        return;
    }
    let lower = text.to_ascii_lowercase();
    for word in SECRET_KEY_WORDS {
        for (at, _) in lower.match_indices(word) {
            let from = at + word.len();
            let gap = text
                .bytes()
                .skip(from)
                .take(16)
                .take_while(|byte| matches!(byte, b' ' | b'=' | b':' | b'"' | b'\'' | b','))
                .count();
            let start = from + gap;
            let rest = text.as_bytes().get(start..).unwrap_or_default();
            let length = rest.iter().take_while(|byte| key_byte(**byte)).count();
            if gap > 0 && length == SECRET_KEY_LENGTH {
                found.push((start, start + length, "AWS secret access key"));
            }
        }
    }
}

/// `DB_PASSWORD=...` in a script: a variable named like a secret that is given a text rather than something looked up.
fn assignments(text: &str, found: &mut Vec<(usize, usize, &'static str)>) {
    for (at, _) in text.match_indices('=') {
        let before = text.get(..at).unwrap_or_default();
        let name = before.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(0, |last| last + 1);
        let name = before.get(name..).unwrap_or_default();
        let after = text.get(at + 1..).unwrap_or_default();
        let quoted = after.trim_start_matches(['"', '\'', '\\']);
        let start = at + 1 + (after.len() - quoted.len());
        let end = quoted.find(|c: char| c.is_whitespace() || "\"'\\;&|,)".contains(c)).unwrap_or(quoted.len());
        let value = quoted.get(..end).unwrap_or_default();
        let is_filled_in = ["$", "{", "<", "*", "`", "(", "=", ".", ":", "/"].iter().any(|mark| value.contains(mark));
        // Programs in a script hand variables on under their names.
        let is_itself = value.eq_ignore_ascii_case(name);
        if value.len() >= 4 && !is_itself && !is_filled_in && !is_harmless(value) && names_a_secret(name) {
            found.push((start, start + value.len(), "secret in a script"));
        }
    }
}

/// `scheme://user:password@host`, with a password that is written there.
fn addresses(text: &str, found: &mut Vec<(usize, usize, &'static str)>) {
    for (at, _) in text.match_indices(ADDRESS) {
        let rest = text.get(at + ADDRESS.len()..).unwrap_or_default();
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '?' | ',' | ')' | '<'));
        let authority = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let Some((user, _)) = authority.rsplit_once('@') else { continue };
        let Some((name, password)) = user.split_once(':') else { continue };
        let is_filled_in = ["${", "$(", "%", "{{", "$", "*"].iter().any(|mark| password.contains(mark));
        if !name.is_empty() && password.len() >= 3 && !is_filled_in {
            let start = at + ADDRESS.len() + name.len() + 1;
            found.push((start, start + password.len(), "password in an address"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(search: fn(&str, &mut Vec<(usize, usize, &'static str)>), text: &str) -> Vec<String> {
        let mut found = Vec::new();
        search(text, &mut found);
        found.iter().map(|(start, end, _)| text.get(*start..*end).unwrap().to_owned()).collect()
    }

    #[test]
    fn keys_are_found_by_the_words_around_them() {
        let key = "q".repeat(40);
        for word in ["aws_secret_access_key = ", "AWS_SECRET_ACCESS_KEY=", "SecretAccessKey: '"] {
            assert_eq!(found(secret_keys, &format!("{word}{key}'")), [key.as_str()], "{word}");
        }
        assert!(found(secret_keys, &format!("secret_access_key: {}", "q".repeat(39))).is_empty());
        assert_eq!(found(private_keys, "-----BEGIN RSA PRIVATE KEY-----"), ["-----BEGIN RSA PRIVATE KEY-----"]);
        assert!(found(private_keys, "-----BEGIN PUBLIC KEY-----").is_empty());
    }

    #[test]
    fn passwords_in_addresses_and_scripts_are_those_that_are_written_there() {
        assert_eq!(found(addresses, "redis://app:hunter2@cache:6379"), ["hunter2"]);
        for text in ["https://host/@x", "mysql://app:${Password}@db", "git://app@host", "a://u:$P@h"] {
            assert!(found(addresses, text).is_empty(), "{text}");
        }
        assert_eq!(found(assignments, "export DB_PASSWORD=\"hunter22\""), ["hunter22"]);
        for text in ["PASSWORD=$1", "apiKey=apiKey", "PASSWORD_LENGTH=1234", "TOKEN=$(get)", "SECRET=/app/x"] {
            assert!(found(assignments, text).is_empty(), "{text}");
        }
    }
}
