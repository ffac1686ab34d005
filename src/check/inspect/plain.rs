//! From values to plain data.

use std::sync::Arc;

use crate::diag::{Hole, Part, Place, Plain};
use crate::text::{SourceFile, SourceName, Span};
use crate::value::{Kind, Map, Piece, Shape, Unknown, Value};

use super::deployment::{DeadEnd, Deployment};

/// How many steps of `Linked` are written out when nobody says.
pub(super) const HOPS: usize = 2;
/// The most steps that are written out.
const MOST_HOPS: usize = 16;
/// The most nodes of a view; beyond them linked resources are left out.
const NODES: usize = 1_000_000;
/// The most levels of a view: templates nest 128 levels, functions and links add theirs.
const LEVELS: usize = 1_000;
/// What stands for linked resources that are left out.
const TOO_MANY: &str = "linked resources that are left out, as there are too many";

/// Makes plain data of the values of one deployment.
pub(super) struct Plainer<'d, 'a> {
    deployment: &'d mut Deployment<'a>,
    source: &'d SourceFile,
    name: Arc<SourceName>,
    nodes: usize,
    level: usize,
    hops: usize,
    path: String,
    /// Whether what is not known is noted.
    noting: bool,
    holes: Vec<Hole>,
    cut: bool,
}

impl<'d, 'a> Plainer<'d, 'a> {
    pub(super) fn new(deployment: &'d mut Deployment<'a>, source: &'d SourceFile, hops: usize) -> Self {
        let name = Arc::new(source.name().clone());
        let (path, holes) = (String::new(), Vec::new());
        Self {
            deployment,
            source,
            name,
            nodes: 0,
            level: 0,
            hops: hops.min(MOST_HOPS),
            path,
            noting: false,
            holes,
            cut: false,
        }
    }

    /// What is not known, and whether linked resources were left out.
    pub(super) fn finish(self) -> (Vec<Hole>, bool) {
        (self.holes, self.cut)
    }

    /// A template as rules see it.
    pub(super) fn root(&mut self, root: Value<'a>) -> Result<Plain, DeadEnd> {
        let root = self.deployment.force(root)?;
        let Kind::Map(sections) = root.kind else { return self.value(root) };
        let mut entries = Vec::new();
        for section in sections.entries() {
            let value = match section.key {
                "Resources" => self.resources(section.value)?,
                _ => self.value(section.value)?,
            };
            entries.push((section.key.to_owned(), value));
        }
        Ok(Plain::Map(entries))
    }

    fn resources(&mut self, section: Value<'a>) -> Result<Plain, DeadEnd> {
        let section = self.deployment.force(section)?;
        let Kind::Map(resources) = section.kind else { return self.value(section) };
        let mut entries: Vec<(String, Plain)> = Vec::new();
        let mut places = std::collections::HashMap::new();
        for resource in resources.entries() {
            let value = self.deployment.force(resource.value)?;
            self.path = format!("Resources.{}", resource.key);
            self.noting = true;
            let value = match value.kind {
                Kind::Absent => continue,
                Kind::Map(map) => self.resource(map, self.hops)?,
                _ => self.value(value)?,
            };
            // SAM makes a function of a function of the same name: the name is that of what is deployed.
            if let Some(earlier) = places.insert(resource.key, entries.len())
                && let Some((name, made_from)) = entries.get_mut(earlier)
                && let Some(Plain::Text(kind)) = made_from.get("Type")
            {
                *name = format!("{name} ({kind})");
            }
            entries.push((resource.key.to_owned(), value));
        }
        self.noting = false;
        Ok(Plain::Map(entries))
    }

    /// A resource with what is linked to it, so many steps far.
    fn resource(&mut self, map: Map<'a>, hops: usize) -> Result<Plain, DeadEnd> {
        self.level += 1;
        let mut entries = Vec::new();
        for entry in map.entries() {
            let noting = self.noting;
            match entry.key {
                "Linked" if hops == 0 => {}
                "Linked" => {
                    self.noting = false;
                    entries.push((entry.key.to_owned(), self.linked(entry.value, hops - 1)?));
                }
                key => {
                    // What is not known of facts is not known of what they follow from.
                    self.noting &= key != "Facts";
                    self.entry(key, entry.value, &mut entries)?;
                }
            }
            self.noting = noting;
        }
        self.level -= 1;
        Ok(Plain::Map(entries))
    }

    fn linked(&mut self, linked: Value<'a>, hops: usize) -> Result<Plain, DeadEnd> {
        let linked = self.deployment.force(linked)?;
        let Kind::Map(roles) = linked.kind else { return self.value(linked) };
        let mut entries = Vec::new();
        for role in roles.entries() {
            if self.nodes > NODES {
                self.cut = true;
                entries.push((role.key.to_owned(), Plain::List(vec![unknown(TOO_MANY)])));
                continue;
            }
            let companions = self.deployment.force(role.value)?;
            let Kind::List(companions) = companions.kind else {
                self.entry(role.key, companions, &mut entries)?;
                continue;
            };
            let mut items = Vec::new();
            for companion in companions {
                let companion = self.deployment.force(companion)?;
                items.push(match companion.kind {
                    Kind::Absent => continue,
                    Kind::Map(map) => self.resource(map, hops)?,
                    _ => self.value(companion)?,
                });
            }
            entries.push((role.key.to_owned(), Plain::List(items)));
        }
        Ok(Plain::Map(entries))
    }

    fn entry(&mut self, key: &str, value: Value<'a>, entries: &mut Vec<(String, Plain)>) -> Result<(), DeadEnd> {
        let value = self.deployment.force(value)?;
        if matches!(value.kind, Kind::Absent) {
            return Ok(());
        }
        let length = self.path.len();
        if self.noting {
            self.path.push('.');
            self.path.push_str(key);
        }
        let value = self.value(value)?;
        self.path.truncate(length);
        entries.push((key.to_owned(), value));
        Ok(())
    }

    /// Any other value.
    pub(super) fn value(&mut self, value: Value<'a>) -> Result<Plain, DeadEnd> {
        self.nodes += 1;
        if self.level > LEVELS {
            return Ok(unknown("a value that is nested too deep"));
        }
        self.level += 1;
        let value = self.deployment.force(value)?;
        let plain = match value.kind {
            Kind::Null | Kind::Absent => Plain::Null,
            Kind::Bool(value) => Plain::Bool(value),
            Kind::Integer(value) => Plain::Integer(value),
            Kind::Float(value) => Plain::Float(value),
            Kind::String(text) => Plain::Text(text.to_owned()),
            Kind::List(list) => {
                let mut items = Vec::with_capacity(list.len());
                for (index, item) in list.iter().enumerate() {
                    let item = self.deployment.force(item)?;
                    if matches!(item.kind, Kind::Absent) {
                        continue;
                    }
                    let length = self.path.len();
                    if self.noting {
                        self.path.push_str(&format!("[{index}]"));
                    }
                    items.push(self.value(item)?);
                    self.path.truncate(length);
                }
                Plain::List(items)
            }
            Kind::Map(map) => {
                let mut entries = Vec::with_capacity(map.entries().len());
                for entry in map.entries() {
                    self.entry(entry.key, entry.value, &mut entries)?;
                }
                Plain::Map(entries)
            }
            Kind::Unknown(unknown) => self.unknown(unknown, value.place),
            Kind::Reference(reference) => Plain::Reference(reference.describe()),
            Kind::Partial(pieces) => {
                for piece in pieces {
                    if let Piece::Unknown(unknown) = piece {
                        self.note(unknown.reason, value.place);
                    }
                }
                partial(pieces)
            }
            Kind::Deferred(_) => unknown("a value that could not be worked out"),
        };
        self.level -= 1;
        Ok(plain)
    }

    fn unknown(&mut self, unknown: &Unknown<'a>, place: Span) -> Plain {
        self.note(unknown.reason, place);
        Plain::Unknown { reason: unknown.reason.to_owned(), list: unknown.shape == Shape::List }
    }

    fn note(&mut self, reason: &str, place: Span) {
        if self.noting {
            let place = Place::new(self.source, &self.name, place);
            self.holes.push(Hole { path: self.path.clone(), reason: reason.to_owned(), place });
        }
    }
}

/// A text of which parts are not known.
pub(super) fn partial(pieces: &[Piece<'_>]) -> Plain {
    let part = |piece: &Piece<'_>| match piece {
        Piece::Text(text) => Part::Text((*text).to_owned()),
        Piece::Reference(reference) => Part::Reference(reference.describe()),
        Piece::Unknown(unknown) => Part::Unknown(unknown.reason.to_owned()),
    };
    Plain::Partial(pieces.iter().map(part).collect())
}

/// A value that is not known for a reason of ours.
pub(super) fn unknown(reason: &str) -> Plain {
    Plain::Unknown { reason: reason.to_owned(), list: false }
}
