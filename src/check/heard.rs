//! What one judgement asked of its neighbours. While their answers are the same, so is the judgement.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::resolve::{Export, Exports};
use crate::text::SourceFile;

use super::assembly::Assembly;
use super::neighbours::{Ask, Neighbours};

/// The questions that one judgement asked of its neighbours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Which file is meant: by the name of the file that asks, and its words.
    files: BTreeSet<(String, Ask)>,
    /// What is exported under a name.
    exports: BTreeSet<String>,
    /// What a CDK app says of the template of a name.
    assemblies: BTreeSet<String>,
}

/// What neighbours answer to one question.
#[derive(Clone, Copy, Debug)]
pub enum Answer<'n> {
    /// The number and the text of a file, if it is there.
    File(Option<(usize, &'n SourceFile)>),
    /// Everything that is exported under a name.
    Exports(&'n [Export]),
    /// The CDK app that made a template.
    Assembly(Option<&'n Assembly>),
}

impl Heard {
    /// What these neighbours answer to each of the questions, always in the same order.
    pub fn answers<'n>(&'n self, neighbours: &'n Neighbours<'_>) -> impl Iterator<Item = Answer<'n>> {
        let files = self.files.iter().map(|(from, ask)| Answer::File(neighbours.asked(from, ask)));
        let exports = self.exports.iter().map(|name| Answer::Exports(neighbours.exports().named(name)));
        let assemblies = self.assemblies.iter().map(|name| Answer::Assembly(neighbours.assembly(name)));
        files.chain(exports).chain(assemblies)
    }
}

/// Neighbours that are listened to.
pub(super) struct Among<'n, 's> {
    neighbours: &'n Neighbours<'s>,
    heard: RefCell<Heard>,
}

impl<'n, 's> Among<'n, 's> {
    pub(super) fn new(neighbours: &'n Neighbours<'s>) -> Self {
        Self { neighbours, heard: RefCell::default() }
    }

    /// What the file called `from` asks for.
    pub(super) fn asked(&self, from: &str, ask: &Ask) -> Option<(usize, &'s SourceFile)> {
        self.heard.borrow_mut().files.insert((from.to_owned(), ask.clone()));
        self.neighbours.asked(from, ask)
    }

    /// What a CDK app says of the template of that name.
    pub(super) fn assembly(&self, name: &str) -> Option<&'n Assembly> {
        self.heard.borrow_mut().assemblies.insert(name.to_owned());
        self.neighbours.assembly(name)
    }

    /// Everything that is exported. Who looks something up says under which names.
    pub(super) fn exports(&self) -> &'n Exports {
        self.neighbours.exports()
    }

    /// Notes that those names were looked up among the exports.
    pub(super) fn looked_up<'i>(&self, names: impl Iterator<Item = &'i str>) {
        self.heard.borrow_mut().exports.extend(names.map(str::to_owned));
    }

    /// What was asked.
    pub(super) fn heard(self) -> Heard {
        self.heard.into_inner()
    }
}
