//! Facts about secrets: which properties hold one that people can read in the template or in the stack.
//!
//! A secret is readable when it is written in the template, when it is a parameter's default, when it comes from a
//! parameter without `NoEcho`, and when it comes from a plain Parameter Store value. What AWS makes, what a secret
//! reference brings, and what a `NoEcho` parameter without default brings is not.

use crate::value::{Deferred, Kind, Pending, Piece, Shape, Unknown, Value, Via, ViaKind, World};

use super::credentials;
use super::identity::values_at;
use super::model::Graph;
use super::origin::Origin;
use super::read::{Fields, Read, child, items, text, unknown};
use super::secret_places::{SECRETS, VARIABLES, Variables};
use super::truth::Truth;

/// Of secrets all are looked at: none may hide behind many others.
const VALUES: usize = usize::MAX;
/// How dynamic references to secrets begin.
const SECRET_REFERENCES: [&str; 2] = ["{{resolve:secretsmanager:", "{{resolve:ssm-secure:"];

/// Which fact.
#[derive(Clone, Copy, Debug)]
enum What {
    /// Values of known properties, by their paths.
    Secrets(&'static [&'static str]),
    /// Variables with telling names.
    Variables(&'static [Variables]),
    /// Credentials in the text.
    Credentials,
}

/// Adds `Credentials`, and `Secrets` (of `{Property, Exposed}`) and `SecretVariables` (of `{Name, Exposed}`) for the
/// types that have such properties.
pub(super) fn push_facts<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
    fields: &mut Fields<'a>,
) {
    let resource_type = graph.type_of(resource);
    let mut push = |key, what| {
        let fact = world.later(SecretFact { graph, resource, what });
        fields.push(key, Origin::of(value).node(world, fact));
    };
    if let Ok(at) = SECRETS.binary_search_by(|(name, _)| (*name).cmp(resource_type))
        && let Some((_, paths)) = SECRETS.get(at)
    {
        push("Secrets", What::Secrets(paths));
    }
    if let Some((_, places)) = VARIABLES.iter().find(|(name, _)| *name == resource_type) {
        push("SecretVariables", What::Variables(places));
    }
    push("Credentials", What::Credentials);
}

struct SecretFact<'a> {
    graph: &'a Graph<'a>,
    resource: usize,
    what: What,
}

impl<'a> Deferred<'a> for SecretFact<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let graph = self.graph;
        let Some(value) = graph.value(world, self.resource)? else { return Ok(graph.view(self.resource)) };
        let mut found = Vec::new();
        match self.what {
            What::Credentials => return Ok(credentials::list(graph, world, graph.type_of(self.resource), value)),
            What::Secrets(paths) => {
                let properties = child(world, value, "Properties")?;
                for path in paths {
                    for secret in values_at(world, properties, path, VALUES)? {
                        let property = path.rsplit('.').next().unwrap_or_default().trim_end_matches("[]");
                        found.push(entry(graph, world, "Property", property, secret, false));
                    }
                }
            }
            What::Variables(places) => {
                let properties = child(world, value, "Properties")?;
                for place in places {
                    variables(graph, world, properties, place, &mut found)?;
                }
            }
        }
        Ok(Origin::of(value).list(world, &found))
    }
}

/// Variables whose names say that they hold a secret.
fn variables<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    properties: Value<'a>,
    place: &Variables,
    found: &mut Vec<Value<'a>>,
) -> Result<(), Pending> {
    match place {
        Variables::Map(path) => {
            let mut map = properties;
            for key in path.split('.') {
                map = child(world, map, key)?;
            }
            let Kind::Map(map) = map.kind else { return Ok(()) };
            for one in map.entries().iter().filter(|one| names_a_secret(one.key)) {
                let secret = world.force(one.value)?;
                found.push(entry(graph, world, "Name", one.key, secret, true));
            }
        }
        Variables::Pairs { path, plain } => {
            for pair in values_at(world, properties, path, VALUES)? {
                let Read::Known(name) = text(world, child(world, pair, "Name")?) else { continue };
                if !names_a_secret(name) {
                    continue;
                }
                if let Some(plain) = plain {
                    // Other types hold the name of a secret or of a parameter.
                    match text(world, child(world, pair, "Type")?) {
                        Read::Missing => {}
                        Read::Known(kind) if kind == *plain => {}
                        _ => continue,
                    }
                }
                for secret in items(world, child(world, pair, "Value")?)? {
                    found.push(entry(graph, world, "Name", name, secret, true));
                }
            }
        }
        Variables::Itself => {
            let secret = child(world, properties, "Value")?;
            // The name is often a path made of parameters: its end is what tells.
            let name = match child(world, properties, "Name")?.kind {
                Kind::String(name) => name,
                Kind::Partial([.., Piece::Text(end)]) => end,
                _ => return Ok(()),
            };
            if names_a_secret(name) {
                found.push(entry(graph, world, "Name", name, secret, true));
            }
        }
    }
    Ok(())
}

fn entry<'a>(
    graph: &Graph<'a>,
    world: &World<'a, '_>,
    key: &'a str,
    name: &'a str,
    secret: Value<'a>,
    by_name: bool,
) -> Value<'a> {
    let origin = Origin::of(secret);
    let exposed = match secret.kind {
        // What a variable's name promises its value may disprove.
        Kind::String(text) if by_name && is_harmless(text) => Truth::No,
        Kind::Bool(_) | Kind::Integer(_) if by_name => Truth::No,
        _ => exposed(graph, world, secret),
    };
    let mut fields = Fields::default();
    fields.push(key, origin.text(world, name));
    fields.push("Exposed", origin.truth(world, exposed));
    fields.finish(world, origin)
}

/// Whether a forced value can be read by those who see the template or the stack.
fn exposed<'a>(graph: &Graph<'a>, world: &World<'a, '_>, value: Value<'a>) -> Truth<'a> {
    match value.kind {
        Kind::Absent | Kind::Null | Kind::Reference(_) | Kind::Map(_) | Kind::List(_) | Kind::Deferred(_) => Truth::No,
        Kind::String(text) => Truth::from(!text.is_empty() && !is_only_hidden(graph, value.via)),
        Kind::Bool(_) | Kind::Integer(_) | Kind::Float(_) => Truth::from(!is_only_hidden(graph, value.via)),
        Kind::Unknown(found) => exposed_unknown(graph, found, value.via),
        Kind::Partial(pieces) => exposed_pieces(graph, world, pieces, value.via),
    }
}

fn exposed_unknown<'a>(graph: &Graph<'a>, found: &'a Unknown<'a>, via: Option<&'a Via<'a>>) -> Truth<'a> {
    if found.shape == Shape::Secret {
        return Truth::No;
    }
    if found.is_plain_store() {
        return Truth::Yes;
    }
    match parameters(via).map(|name| graph.hides(name)).reduce(|all, one| all && one) {
        Some(hidden) => Truth::from(!hidden),
        None => Truth::Unsure(found),
    }
}

/// A text with parts that are not known: one hidden part hides enough; known text around references to resources is no
/// secret of its own.
fn exposed_pieces<'a>(
    graph: &Graph<'a>,
    world: &World<'a, '_>,
    pieces: &[Piece<'a>],
    via: Option<&'a Via<'a>>,
) -> Truth<'a> {
    let is_secret = pieces.iter().any(|piece| match piece {
        Piece::Text(text) => SECRET_REFERENCES.iter().any(|start| text.contains(start)),
        Piece::Unknown(found) => found.shape == Shape::Secret,
        Piece::Reference(_) => false,
    });
    if is_secret || parameters(via).any(|name| graph.hides(name)) {
        return Truth::No;
    }
    let unknowns = || {
        pieces.iter().filter_map(|piece| match piece {
            Piece::Unknown(found) => Some(*found),
            _ => None,
        })
    };
    if unknowns().any(Unknown::is_plain_store) || parameters(via).next().is_some() {
        return Truth::Yes;
    }
    match unknowns().next() {
        Some(found) => Truth::Unsure(found),
        None => Truth::Unsure(unknown(world, "an attribute of a resource", Shape::Text)),
    }
}

/// The parameters that a value came through.
fn parameters<'a>(via: Option<&'a Via<'a>>) -> impl Iterator<Item = &'a str> {
    std::iter::successors(via, |via| via.next).filter_map(|via| match via.kind {
        ViaKind::Parameter(name)
        | ViaKind::ParameterDefault(name)
        | ViaKind::ParameterAllowed(name)
        | ViaKind::ParameterValue(name) => Some(name),
        _ => None,
    })
}

/// Whether a known text came from outside of the template through a hidden parameter: a value that somebody gave to
/// this run, or one that the template only compares with.
fn is_only_hidden<'a>(graph: &Graph<'a>, via: Option<&'a Via<'a>>) -> bool {
    std::iter::successors(via, |via| via.next)
        .any(|via| matches!(via.kind, ViaKind::ParameterValue(name) if graph.hides(name)))
}

/// Whether a variable's name says that its value is a secret: `DB_PASSWORD`, `apiKey`, not `PASSWORD_LENGTH`.
pub(super) fn names_a_secret(name: &str) -> bool {
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let words = match words.as_slice() {
        [rest @ .., "value" | "string" | "base64" | "plaintext" | "plain"] => rest,
        all => all,
    };
    match words {
        [
            ..,
            "password" | "passwd" | "pwd" | "passphrase" | "passcode" | "secret" | "token" | "apikey" | "secretkey"
            | "accesskey" | "privatekey" | "authtoken" | "apitoken" | "apisecret" | "dbpassword",
        ] => true,
        [.., "api" | "secret" | "access" | "private" | "signing" | "encryption", "key"] => true,
        _ => words == ["aws", "access", "key", "id"] || words == ["ecs", "engine", "auth", "data"],
    }
}

/// The words of a name in lower case: broken at punctuation, and where a capital follows a small letter.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for character in name.chars() {
        let breaks = !character.is_ascii_alphanumeric() || (was_small && character.is_ascii_uppercase());
        if breaks && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut()
            && character.is_ascii_alphanumeric()
        {
            word.push(character.to_ascii_lowercase());
        }
        was_small = character.is_ascii_lowercase() || character.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a text says where a secret is, or nothing, rather than a secret: an ARN, a path, an address without a
/// password in it, a word of configuration.
pub(super) fn is_harmless(text: &str) -> bool {
    let text = text.trim();
    let is_number = text.chars().all(|c| c.is_ascii_digit());
    let is_address = text.contains("://") && !text.contains('@');
    let is_word = ["true", "false", "none", "null", "enabled", "disabled", "changeme_in_console"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word));
    text.is_empty()
        || (is_number && text.len() < 6)
        || is_address
        || is_word
        || text.starts_with("arn:")
        || text.starts_with('/')
        || text.starts_with("ssm:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_end_in_a_word_for_one() {
        for name in ["DB_PASSWORD", "apiKey", "GithubToken", "AWS_SECRET_ACCESS_KEY", "JWT_SECRET", "AWS_ACCESS_KEY_ID"]
        {
            assert!(names_a_secret(name), "{name}");
        }
        for name in ["PASSWORD_LENGTH", "SECRET_ARN", "SecretName", "TOKEN_URL", "KEY", "TABLE_KEY", "SECRETS_BUCKET"] {
            assert!(!names_a_secret(name), "{name}");
        }
    }

    #[test]
    fn what_only_leads_to_a_secret_is_harmless() {
        for text in ["arn:aws:secretsmanager:x", "/app/db", "https://idp.example/token", "true", "", "300"] {
            assert!(is_harmless(text), "{text}");
        }
        for text in ["hunter2", "postgres://app:pw@host/db", "12345678"] {
            assert!(!is_harmless(text), "{text}");
        }
    }
}
