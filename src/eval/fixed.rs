//! Variables that stand for one literal wherever they are read.

use std::collections::{BTreeMap, BTreeSet};

use crate::guard::{
    Let, LiteralKind, Operand, ParameterizedRule, Part, PartKind, RuleFile, Visitor, inside_file, inside_part,
};

/// The names that are defined once, for the whole file and as a literal, with the literals.
pub(super) fn fixed_variables(file: &RuleFile) -> BTreeMap<&str, &LiteralKind> {
    let mut names = Names::default();
    inside_file(&mut names, file);
    let literal = |each: &'_ Let| matches!(&each.value, Operand::Literal(_));
    let mut fixed = BTreeMap::new();
    for each in file.lets.iter().filter(|each| literal(each)) {
        let name = each.name.text.as_str();
        if let Operand::Literal(literal) = &each.value
            && !names.again.contains(name)
        {
            fixed.insert(name, &literal.kind);
        }
    }
    fixed
}

/// All names that are defined somewhere.
#[derive(Default)]
struct Names<'f> {
    once: BTreeSet<&'f str>,
    again: BTreeSet<&'f str>,
}

impl<'f> Names<'f> {
    fn define(&mut self, name: &'f str) {
        if !self.once.insert(name) {
            self.again.insert(name);
        }
    }
}

impl<'f> Visitor<'f> for Names<'f> {
    fn assignment(&mut self, assignment: &'f Let) {
        self.define(&assignment.name.text);
        self.operand(&assignment.value);
    }

    fn parameterized(&mut self, rule: &'f ParameterizedRule) {
        for name in &rule.parameters {
            self.define(&name.text);
        }
        self.block(&rule.body);
    }

    fn part(&mut self, part: &'f Part) {
        match &part.kind {
            PartKind::AllValues { capture: Some(name) }
            | PartKind::AllIndices { capture: Some(name) }
            | PartKind::Filter { capture: Some(name), .. }
            | PartKind::KeyFilter { capture: Some(name), .. } => self.define(name),
            _ => {}
        }
        inside_part(self, part);
    }
}
