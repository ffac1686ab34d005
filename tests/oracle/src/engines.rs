//! AWS's two engines behind one face.
//!
//! Both have the same types under different paths, so the face is written once, as a macro.

use std::panic::{catch_unwind, AssertUnwindSafe};

use serde_json::Value as Json;

use crate::cases::{Answer, Loader, Status};

macro_rules! engine {
    () => {
        use std::rc::Rc;

        use serde_json::Value as Json;

        use crate::cases::{Loader, Status};

        /// A rule file that was read.
        pub struct Rules(lang::exprs::RulesFile<'static>);

        /// A document that was read.
        #[derive(Clone)]
        pub struct Document(Rc<lang::path_value::PathAwareValue>);

        /// `None` for a text without rules.
        ///
        /// # Errors
        /// The parser's message.
        pub fn parse(text: &str) -> Result<Option<Rules>, String> {
            let span = lang::parser::Span::new_extra(text, "rules");
            match lang::parser::rules_file(span) {
                // Only the name of the file, which is static, is borrowed by what is read.
                Ok(rules) => Ok(rules.map(|rules| Rules(unborrowed(rules)))),
                Err(error) => Err(error.to_string()),
            }
        }

        fn unborrowed(rules: lang::exprs::RulesFile<'_>) -> lang::exprs::RulesFile<'static> {
            // SAFETY: the lifetime of a rule file is that of the file name in its locations alone (all other texts in it
            // are owned), and the name that `parse` gives is a literal.
            unsafe { std::mem::transmute(rules) }
        }

        impl Rules {
            /// The syntax tree as JSON.
            #[must_use]
            pub fn tree(&self) -> Json {
                serde_json::to_value(&self.0).unwrap_or(Json::Null)
            }
        }

        /// Reads a document.
        ///
        /// # Errors
        /// The loader's message.
        pub fn load(text: &str, loader: Loader) -> Result<Document, String> {
            let value = match loader {
                Loader::Validate => lang::values::read_from(text)
                    .and_then(lang::path_value::PathAwareValue::try_from)
                    .map_err(|error| error.to_string())?,
                Loader::Test => {
                    let value: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
                    lang::path_value::PathAwareValue::try_from(value).map_err(|error| error.to_string())?
                }
            };
            Ok(Document(Rc::new(value)))
        }

        /// The document of a JSON value.
        ///
        /// # Errors
        /// The converter's message.
        pub fn document(json: &Json) -> Result<Document, String> {
            let value = lang::path_value::PathAwareValue::try_from(json.clone()).map_err(|error| error.to_string())?;
            Ok(Document(Rc::new(value)))
        }

        impl Document {
            /// The values alone, as JSON; a number that JSON lacks becomes null.
            #[must_use]
            pub fn json(&self) -> Json {
                fn json(value: &lang::path_value::PathAwareValue) -> Json {
                    use lang::path_value::PathAwareValue as Theirs;
                    match value {
                        Theirs::String((_, text)) => Json::from(text.as_str()),
                        Theirs::Bool((_, value)) => Json::from(*value),
                        Theirs::Int((_, value)) => Json::from(*value),
                        Theirs::Float((_, value)) => Json::from(*value),
                        Theirs::List((_, items)) => items.iter().map(json).collect(),
                        Theirs::Map((_, map)) => {
                            map.values.iter().map(|(key, value)| (key.clone(), json(value))).collect()
                        }
                        _ => Json::Null,
                    }
                }
                json(&self.0)
            }
        }

        /// The status of each rule in the order of evaluation, and that of the file.
        ///
        /// # Errors
        /// The evaluator's message.
        pub fn evaluate(rules: &Rules, document: &Document) -> Result<(Status, Vec<(String, Status)>), String> {
            let mut scope = lang::eval_context::root_scope(&rules.0, Rc::clone(&document.0));
            let file =
                lang::eval::eval_rules_file(&rules.0, &mut scope, Some("data")).map_err(|error| error.to_string())?;
            let record = scope.reset_recorder().extract();
            let mut statuses = Vec::new();
            for child in &record.children {
                if let Some(lang::RecordType::RuleCheck(check)) = &child.container {
                    // Clauses outside any rule go by the name of their file and `default`.
                    let name = check.name.rsplit('/').next().unwrap_or(check.name);
                    statuses.push((name.to_owned(), status(check.status)));
                }
            }
            Ok((status(file), statuses))
        }

        fn status(status: lang::Status) -> Status {
            match status {
                lang::Status::PASS => Status::Pass,
                lang::Status::FAIL => Status::Fail,
                lang::Status::SKIP => Status::Skip,
            }
        }
    };
}

/// `cloudformation-guard-lang` 1.0.0.
pub mod classic {
    use cloudformation_guard_lang as lang;
    engine!();
}

/// cfn-guard 3.2.1.
pub mod newer {
    use crate::rules as lang;
    engine!();
}

/// Calls into an engine, which may panic.
///
/// # Errors
/// `panic`.
pub fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| "panic".to_owned())
}

macro_rules! both {
    ($name:ident, $module:ident) => {
        /// What the engine answers, its panics caught.
        #[must_use]
        pub fn $name(rules: &str, data: &str, loader: Loader) -> Answer {
            let parsed = match guarded(|| $module::parse(rules)) {
                Ok(Ok(Some(parsed))) => parsed,
                Ok(Ok(None)) => return Answer::Statuses(Status::Skip, Vec::new()),
                _ => return Answer::Unreadable,
            };
            match guarded(|| $module::load(data, loader)) {
                Ok(Ok(document)) => answered(guarded(|| $module::evaluate(&parsed, &document))),
                _ => Answer::Unloadable,
            }
        }
    };
}

both!(ask_classic, classic);
both!(ask_newer, newer);

/// An answer from the result of an evaluation.
#[must_use]
pub fn answered(result: Result<Result<(Status, Vec<(String, Status)>), String>, String>) -> Answer {
    match result {
        Ok(Ok((file, mut statuses))) => {
            statuses.sort();
            Answer::Statuses(file, statuses)
        }
        Ok(Err(message)) | Err(message) => Answer::Error(message),
    }
}

/// The syntax trees of a text in both dialects: `Err` where it is not read.
#[must_use]
pub fn trees(text: &str) -> [Result<Option<Json>, String>; 2] {
    [
        guarded(|| classic::parse(text)).and_then(|rules| rules.map(|rules| rules.map(|rules| rules.tree()))),
        guarded(|| newer::parse(text)).and_then(|rules| rules.map(|rules| rules.map(|rules| rules.tree()))),
    ]
}
