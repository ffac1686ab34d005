//! What a resource names, one way only: the arrows of a drawing.

use crate::value::{Kind, Pending, World};

use super::linked::{Link, forward};
use super::model::Graph;
use super::roles::ROLES;

/// An arrow from a resource to what one of its properties names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tie<'a> {
    /// The role of the other end for the resource.
    pub role: &'static str,
    /// The other end.
    pub to: TieEnd<'a>,
}

/// The other end of a [`Tie`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TieEnd<'a> {
    /// The number of a resource of the template.
    Resource(usize),
    /// Something of that type, perhaps of this template.
    Unknown(&'static str, &'a str),
}

impl<'a> Graph<'a> {
    /// What the resource with that number names, each once; `None` where it is not deployed.
    ///
    /// # Errors
    /// The choice that is missing to tell.
    pub fn ties(&'a self, world: &World<'a, '_>, resource: usize) -> Result<Option<Vec<Tie<'a>>>, Pending> {
        match self.value(world, resource)?.map(|value| value.kind) {
            Some(Kind::Map(_)) => {}
            _ => return Ok(None),
        }
        let mut ties = Vec::new();
        let resource_type = self.type_of(resource);
        for role in ROLES.iter().filter(|role| role.source == resource_type) {
            let mut links = Vec::new();
            forward(self, world, resource, role, &mut links)?;
            for link in links {
                let to = match link {
                    Link::To(other) if other == resource => continue,
                    Link::To(other) => TieEnd::Resource(other),
                    Link::Perhaps(value) => match value.kind {
                        Kind::Unknown(unknown) => TieEnd::Unknown(role.target, unknown.reason),
                        _ => continue,
                    },
                };
                let tie = Tie { role: role.forward, to };
                if !ties.contains(&tie) {
                    ties.push(tie);
                }
            }
        }
        Ok(Some(ties))
    }
}
