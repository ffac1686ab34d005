//! What is wrong with a template beyond its shape.

use crate::template::TemplateProblem;

use super::resolver::Resolver;

impl<'a> Resolver<'a> {
    /// What is wrong with the template's references, conditions, functions and loops, in the order of their places.
    #[must_use]
    pub fn problems(&'a self) -> Vec<TemplateProblem> {
        self.loop_problems().to_vec()
    }
}
