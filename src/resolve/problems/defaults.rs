//! Defaults of parameters that their constraints refuse.

use crate::diag::Code;
use crate::resolve::constraints::{Constraints, Patterns};
use crate::resolve::parameters::scalar_text;

use super::Walk;

impl Walk<'_> {
    /// Looks at the parameters.
    pub(super) fn parameters(&mut self) {
        let resolver = self.resolver;
        let patterns = Patterns::default();
        let document = resolver.template.document;
        for parameter in &resolver.template.parameters {
            if parameter.is_stored() {
                continue;
            }
            let Some(default) = parameter.default else { continue };
            let Some(text) = scalar_text(resolver.arena, document, default) else { continue };
            let allowed = parameter.allowed_values.map(|node| document.items(node)).unwrap_or_default();
            let allowed: Vec<&str> =
                allowed.iter().filter_map(|node| scalar_text(resolver.arena, document, *node)).collect();
            let is_allowed = |text: &str| {
                let number = || text.trim().parse::<f64>().ok().filter(|_| parameter.parameter_type == "Number");
                let same = |value: &&str| {
                    *value == text || number().is_some_and(|number| value.trim().parse::<f64>() == Ok(number))
                };
                allowed.is_empty() || allowed.iter().any(same)
            };
            let fits = match parameter.is_list() {
                true => text.is_empty() || text.split(',').map(str::trim).all(is_allowed),
                false => is_allowed(text),
            };
            let name = parameter.named.name;
            let refused = Constraints::of(document, parameter, &patterns).refuse(text);
            if !fits || refused {
                let what = if fits { "constraints" } else { "`AllowedValues`" };
                let message = format!("the default of parameter `{name}` is outside its {what}, so it does not count");
                self.problem(
                    Code::ParameterDefault,
                    message,
                    document.span(default),
                    "give it a default that is allowed",
                );
            }
        }
    }
}
