//! `Fn::Base64` and `Fn::ToJsonString`.

use bumpalo::collections::Vec as BumpVec;

use crate::text::Span;
use crate::value::{Kind, Pending, Piece, Shape, Value, World};

use super::resolver::{At, Resolver};

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

impl<'a> Resolver<'a> {
    /// What `Fn::Base64` gives: of a text with unknown parts, what is certain of its start.
    pub(super) fn base64(&'a self, text: Value<'a>, place: Span, at: At<'a>) -> Value<'a> {
        let kind = match (text.kind, self.text_of(text)) {
            (_, Some(known)) if known.len() <= self.text_limit() => {
                Kind::String(self.arena.alloc_str(&base64(known.as_bytes())))
            }
            (Kind::Partial([Piece::Text(start), ..]), _) if start.len() >= 3 && start.len() <= self.text_limit() => {
                let certain = start.as_bytes().get(..start.len() / 3 * 3).unwrap_or_default();
                let rest = self.dependent("`Fn::Base64`", text, Shape::Text, place, at);
                let Kind::Unknown(rest) = rest.kind else { return rest };
                let certain = Piece::Text(self.arena.alloc_str(&base64(certain)));
                Kind::Partial(self.arena.alloc_slice_copy(&[certain, Piece::Unknown(rest)]))
            }
            _ => return self.dependent("`Fn::Base64`", text, Shape::Text, place, at),
        };
        self.node(kind, place, at.path, text.via)
    }

    /// What `Fn::ToJsonString` gives: a text with holes where something inside is not known.
    pub(super) fn json_text(
        &'a self,
        value: Value<'a>,
        place: Span,
        at: At<'a>,
        world: &World<'a, '_>,
    ) -> Result<Value<'a>, Pending> {
        let mut json = Json { done: BumpVec::new_in(self.arena), text: String::new(), written: 0 };
        Ok(match self.write_json(value, &mut json, world)? {
            None => {
                json.flush(self);
                let kind = if json.done.is_empty() { Kind::String("") } else { self.concatenated(&json.done, place) };
                self.node(kind, place, at.path, self.joined_via(&[value]))
            }
            Some(open) => self.dependent("`Fn::ToJsonString`", open, Shape::Text, place, at),
        })
    }

    /// Writes a value; gives the part that is too much to write.
    fn write_json(
        &'a self,
        value: Value<'a>,
        json: &mut Json<'a>,
        world: &World<'a, '_>,
    ) -> Result<Option<Value<'a>>, Pending> {
        let value = world.force(value)?;
        if json.written + json.text.len() > self.text_limit() {
            self.reach("text-size", Some(value.place));
            return Ok(Some(value));
        }
        match value.kind {
            Kind::Null | Kind::Absent => json.text.push_str("null"),
            Kind::Bool(_) | Kind::Integer(_) | Kind::Float(_) => {
                json.text.push_str(self.text_of(value).unwrap_or_default());
            }
            Kind::String(string) => write_json_string(string, &mut json.text),
            Kind::List(items) => {
                json.text.push('[');
                let mut first = true;
                for item in items {
                    let item = world.force(item)?;
                    if matches!(item.kind, Kind::Absent) {
                        continue;
                    }
                    if !std::mem::take(&mut first) {
                        json.text.push(',');
                    }
                    if let Some(open) = self.write_json(item, json, world)? {
                        return Ok(Some(open));
                    }
                }
                json.text.push(']');
            }
            Kind::Map(map) => {
                json.text.push('{');
                let mut first = true;
                for entry in map.entries() {
                    let item = world.force(entry.value)?;
                    if matches!(item.kind, Kind::Absent) {
                        continue;
                    }
                    if !std::mem::take(&mut first) {
                        json.text.push(',');
                    }
                    write_json_string(entry.key, &mut json.text);
                    json.text.push(':');
                    if let Some(open) = self.write_json(item, json, world)? {
                        return Ok(Some(open));
                    }
                }
                json.text.push('}');
            }
            Kind::Reference(reference) => json.quoted(self, &[Piece::Reference(reference)]),
            Kind::Partial(pieces) => json.quoted(self, pieces),
            Kind::Unknown(unknown) => match unknown.shape {
                Shape::Text | Shape::Identifier | Shape::Secret => json.quoted(self, &[Piece::Unknown(unknown)]),
                // It may be a list or a map.
                Shape::Any | Shape::List => {
                    json.flush(self);
                    json.done.push(Piece::Unknown(unknown));
                }
                // Its key or comma would not be there either.
                Shape::MaybeAbsent => return Ok(Some(value)),
            },
            Kind::Deferred(_) => return Ok(Some(value)),
        }
        Ok(None)
    }
}

/// A JSON text under construction.
struct Json<'a> {
    done: BumpVec<'a, Piece<'a>>,
    /// Known text since the last hole.
    text: String,
    /// The bytes of known text before it.
    written: usize,
}

impl<'a> Json<'a> {
    fn flush(&mut self, resolver: &Resolver<'a>) {
        if !self.text.is_empty() {
            self.written += self.text.len();
            self.done.push(Piece::Text(resolver.arena.alloc_str(&self.text)));
            self.text.clear();
        }
    }

    /// A text with holes, in quotes.
    fn quoted(&mut self, resolver: &Resolver<'a>, pieces: &[Piece<'a>]) {
        self.text.push('"');
        for piece in pieces {
            match piece {
                Piece::Text(known) => {
                    let mut quoted = String::new();
                    write_json_string(known, &mut quoted);
                    let inside = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
                    self.text.push_str(inside.unwrap_or_default());
                }
                hole => {
                    self.flush(resolver);
                    self.done.push(*hole);
                }
            }
        }
        self.text.push('"');
    }
}

fn write_json_string(string: &str, text: &mut String) {
    text.push_str(&serde_json::Value::from(string).to_string());
}

fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or_default());
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4_usize {
            let digit = (group >> (18 - 6 * place)) & 63;
            let digit = DIGITS.get(digit as usize).copied().unwrap_or(b'=');
            text.push(if place > chunk.len() { '=' } else { char::from(digit) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn every_length_of_the_last_group_is_padded() {
        let texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
        let encoded = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        assert_eq!(texts.map(|text| base64(text.as_bytes())), encoded);
    }
}
