//! Follows queries through resource types: properties, roles and facts that are not there, types that do not exist.

use crate::graph::{fact_keys, fact_names, linked_roles};
use crate::guard::{
    Block, Clause, Disjunction, FunctionCall, Let, Literal, LiteralKind, Operand, Operator, Part, PartKind, Query,
    RuleFile,
};
use crate::resolve::{PropertyKind, PropertyType, resource_types};
use crate::text::Span;

use super::lint::Lint;
use super::reach::{Types, filtered_types, narrowed};

/// How deep variables and calls are followed.
const DEPTH: usize = 32;

/// The keys of a resource in the view; a companion has `Id` besides.
const RESOURCE_KEYS: [&str; 14] = [
    "Type",
    "Properties",
    "Metadata",
    "Condition",
    "DependsOn",
    "DeletionPolicy",
    "UpdatePolicy",
    "UpdateReplacePolicy",
    "CreationPolicy",
    "Linked",
    "Facts",
    "Id",
    "Version",
    "Connectors",
];

/// Checks all queries of a file. Where `functions` is set, rules look at text as written, in which functions stand where
/// the schemas have properties.
pub(super) fn check(file: &RuleFile, functions: bool, found: &mut Vec<Lint>) {
    let mut walk = Walk { file, functions, found, quiet: false };
    let root = Scope { lets: &file.lets, root: Spot::Document, parameters: Vec::new() };
    let scopes = vec![root];
    walk.lets(&file.lets, &scopes, DEPTH);
    for rule in &file.rules {
        walk.disjunctions(&rule.when, &scopes, DEPTH);
        walk.block(&rule.body, &scopes, Spot::Document, DEPTH);
    }
    walk.disjunctions(&file.default_clauses, &scopes, DEPTH);
}

/// Where a query has got to.
#[derive(Clone, Debug)]
enum Spot<'f> {
    Unknown,
    Document,
    Resources,
    /// Resources or companions of these types.
    Resource(Types),
    Linked(Vec<String>),
    Facts(Vec<String>),
    /// A fact of that name, or its items.
    Fact(&'f str),
    Property(Vec<PropertyType>),
}

impl Spot<'_> {
    /// Whether it is a list for sure.
    fn is_list(&self) -> bool {
        match self {
            Self::Property(places) => {
                !places.is_empty() && places.iter().all(|place| place.kind() == PropertyKind::List)
            }
            _ => false,
        }
    }
}

#[derive(Clone)]
struct Scope<'f> {
    lets: &'f [Let],
    root: Spot<'f>,
    parameters: Vec<(&'f str, Spot<'f>)>,
}

struct Walk<'f, 'l> {
    file: &'f RuleFile,
    functions: bool,
    found: &'l mut Vec<Lint>,
    /// Whether what is found has been said elsewhere.
    quiet: bool,
}

impl<'f> Walk<'f, '_> {
    fn say(&mut self, span: Span, message: String, help: Option<String>) {
        let known = |lint: &Lint| lint.span == span && lint.message == message;
        if !self.quiet && !self.found.iter().any(known) {
            self.found.push(Lint { span, message, help });
        }
    }

    fn block(&mut self, block: &'f Block, outer: &[Scope<'f>], root: Spot<'f>, depth: usize) {
        let mut scopes = outer.to_vec();
        scopes.push(Scope { lets: &block.lets, root, parameters: Vec::new() });
        self.lets(&block.lets, &scopes, depth);
        self.disjunctions(&block.clauses, &scopes, depth);
    }

    fn lets(&mut self, lets: &'f [Let], scopes: &[Scope<'f>], depth: usize) {
        for each in lets {
            self.operand(&each.value, scopes, depth);
        }
    }

    fn disjunctions(&mut self, disjunctions: &'f [Disjunction], scopes: &[Scope<'f>], depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let root = scopes.last().map_or(Spot::Unknown, |scope| scope.root.clone());
        for clause in disjunctions.iter().flat_map(|one| &one.alternatives) {
            match clause {
                Clause::Access(access) => {
                    self.query(&access.query, scopes, depth);
                    if access.negated && !access.operator.is_unary() {
                        let message = "`not` before a comparison is ignored".to_owned();
                        let help = "negate the operator: `!=` for `==`, `not in` for `in`, `<=` for `>`".to_owned();
                        self.say(access.span, message, Some(help));
                    }
                    if let Some(right) = &access.right {
                        self.operand(right, scopes, depth);
                        let is_type = matches!(access.query.parts.as_slice(), [Part { kind: PartKind::Key(key), .. }] if key == "Type");
                        if is_type && matches!(access.operator, Operator::Equal | Operator::In) {
                            self.types(right);
                        }
                    }
                }
                Clause::Block(block) => {
                    let spot = self.query(&block.query, scopes, depth);
                    self.block(&block.body, scopes, spot, depth);
                }
                Clause::When(when) => {
                    self.disjunctions(&when.conditions, scopes, depth);
                    self.block(&when.body, scopes, root.clone(), depth);
                }
                Clause::Named(_) => {}
                Clause::Call(call) => {
                    let spots: Vec<Spot<'f>> =
                        call.arguments.iter().map(|argument| self.operand(argument, scopes, depth)).collect();
                    let called = self.file.parameterized.iter().find(|rule| rule.name.text == call.name.text);
                    if let Some(rule) = called {
                        let names = rule.parameters.iter().map(|name| name.text.as_str());
                        let mut scopes = scopes.to_vec();
                        scopes.push(Scope { lets: &[], root: root.clone(), parameters: names.zip(spots).collect() });
                        self.block(&rule.body, &scopes, root.clone(), depth);
                    }
                }
                Clause::Type(block) => {
                    self.type_exists(&block.type_name.text, block.type_name.span);
                    self.disjunctions(&block.when, scopes, depth);
                    let types = Types::Only(vec![block.type_name.text.to_string()]);
                    self.block(&block.body, scopes, Spot::Resource(types), depth);
                }
            }
        }
    }

    fn operand(&mut self, operand: &'f Operand, scopes: &[Scope<'f>], depth: usize) -> Spot<'f> {
        match operand {
            Operand::Literal(_) => Spot::Unknown,
            Operand::Query(query) => self.query(query, scopes, depth),
            Operand::Call(FunctionCall { arguments, .. }) => {
                for argument in arguments {
                    self.operand(argument, scopes, depth);
                }
                Spot::Unknown
            }
        }
    }

    /// The types that a right side names.
    fn types(&mut self, right: &'f Operand) {
        let Operand::Literal(literal) = right else { return };
        let items = match &literal.kind {
            LiteralKind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(literal),
        };
        for Literal { kind, span } in items {
            if let LiteralKind::String(text) = kind {
                self.type_exists(text, *span);
            }
        }
    }

    fn type_exists(&mut self, name: &str, span: Span) {
        // Private types and those of other publishers are not in the table; SAM's become others.
        let ours = name.starts_with("AWS::") && !name.starts_with("AWS::Serverless::") && !name.ends_with("::MODULE");
        let inner = ["AWS::CloudFormation::CustomResource", "AWS::CDK::Metadata"];
        if ours && !inner.contains(&name) && !resource_types().any(|known| known == name) {
            let lower = name.to_ascii_lowercase();
            let near = resource_types().find(|known| known.to_ascii_lowercase() == lower);
            let help = near.map(|near| format!("did you mean `{near}`?"));
            self.say(span, format!("there is no resource type `{name}`"), help);
        }
    }

    fn variable(&mut self, name: &str, scopes: &[Scope<'f>], depth: usize) -> Spot<'f> {
        let Some(depth) = depth.checked_sub(1) else { return Spot::Unknown };
        for (number, scope) in scopes.iter().enumerate().rev() {
            if let Some((_, spot)) = scope.parameters.iter().find(|(parameter, _)| *parameter == name) {
                return spot.clone();
            }
            if let Some(each) = scope.lets.iter().rfind(|each| each.name.text == name) {
                // What is wrong with a variable is said where it is defined.
                let quiet = std::mem::replace(&mut self.quiet, true);
                let spot = self.operand(&each.value, scopes.get(..=number).unwrap_or_default(), depth);
                self.quiet = quiet;
                return spot;
            }
        }
        Spot::Unknown
    }

    fn query(&mut self, query: &'f Query, scopes: &[Scope<'f>], depth: usize) -> Spot<'f> {
        let Some(depth) = depth.checked_sub(1) else { return Spot::Unknown };
        let mut spot = scopes.last().map_or(Spot::Unknown, |scope| scope.root.clone());
        let mut goes_through_list = false;
        for (number, part) in query.parts.iter().enumerate() {
            if goes_through_list && matches!(part.kind, PartKind::Filter { .. }) {
                let message = "the filter is asked of what is around the list, not of its items".to_owned();
                self.say(part.span, message, Some("leave out `[*]` or `.*` before it".to_owned()));
            }
            let every_item = matches!(part.kind, PartKind::AllIndices { .. } | PartKind::AllValues { .. });
            goes_through_list = every_item && spot.is_list();
            spot = match &part.kind {
                PartKind::Variable(name) if number == 0 => self.variable(name, scopes, depth),
                _ => self.step(spot, part, scopes, depth),
            };
        }
        spot
    }

    fn step(&mut self, spot: Spot<'f>, part: &'f Part, scopes: &[Scope<'f>], depth: usize) -> Spot<'f> {
        let spot = match (&part.kind, spot) {
            (PartKind::Filter { .. }, Spot::Property(places)) => Spot::Property(places.into_iter().map(item).collect()),
            // `Resources[ Type == 'x' ]` goes through the resources too.
            (PartKind::Filter { .. }, Spot::Resources) => Spot::Resource(Types::Any),
            (_, spot) => spot,
        };
        if let PartKind::Filter { clauses, .. } = &part.kind {
            let spot = match spot {
                Spot::Resource(types) => {
                    let lets: Vec<&[Let]> = scopes.iter().map(|scope| scope.lets).collect();
                    Spot::Resource(narrowed(types, filtered_types(self.file, clauses, &lets)))
                }
                spot => spot,
            };
            let mut scopes = scopes.to_vec();
            scopes.push(Scope { lets: &[], root: spot.clone(), parameters: Vec::new() });
            self.disjunctions(clauses, &scopes, depth);
            return spot;
        }
        match (&part.kind, spot) {
            (PartKind::This, spot) => spot,
            (PartKind::Key(key), Spot::Document) if key == "Resources" => Spot::Resources,
            (PartKind::AllIndices { .. }, spot @ (Spot::Document | Spot::Resources)) => spot,
            (PartKind::AllValues { .. }, Spot::Resources) => Spot::Resource(Types::Any),
            (PartKind::Key(_) | PartKind::KeyFilter { .. }, Spot::Resources) => Spot::Resource(Types::Any),
            (PartKind::AllIndices { .. } | PartKind::Index(_), spot @ Spot::Resource(_)) => spot,
            (PartKind::Key(key), Spot::Resource(types)) => self.resource_key(key, part.span, types),
            (PartKind::Key(key), Spot::Linked(types)) => self.role(key, part.span, &types),
            (PartKind::Key(key), Spot::Facts(types)) => self.fact(key, part.span, &types),
            (PartKind::AllIndices { .. } | PartKind::Index(_), spot @ Spot::Fact(_)) => spot,
            (PartKind::Key(key), Spot::Fact(fact)) => {
                self.fact_key(key, part.span, fact);
                Spot::Unknown
            }
            (PartKind::Key(key), Spot::Property(places)) => self.property(key, part.span, &places),
            (PartKind::AllIndices { .. } | PartKind::AllValues { .. } | PartKind::Index(_), Spot::Property(places)) => {
                let lists = places.iter().all(|place| place.kind() == PropertyKind::List);
                let stays = lists || matches!(part.kind, PartKind::AllIndices { .. });
                if stays { Spot::Property(places.into_iter().map(item).collect()) } else { Spot::Unknown }
            }
            _ => Spot::Unknown,
        }
    }

    fn resource_key(&mut self, key: &str, span: Span, types: Types) -> Spot<'f> {
        let Types::Only(types) = types else { return Spot::Unknown };
        match key {
            "Properties" => Spot::Property(types.iter().map(|one| PropertyType::resource(one)).collect()),
            "Linked" => Spot::Linked(types),
            "Facts" => Spot::Facts(types),
            _ => {
                let custom = types.iter().any(|one| !one.starts_with("AWS::"));
                if !custom && !RESOURCE_KEYS.contains(&key) {
                    let properties = types.iter().any(|one| PropertyType::resource(one).has_key(key) == Some(true));
                    let help = properties.then(|| format!("it stands below `Properties`: `Properties.{key}`"));
                    self.say(span, format!("resources have no key `{key}`"), help);
                }
                Spot::Unknown
            }
        }
    }

    fn role(&mut self, key: &str, span: Span, types: &[String]) -> Spot<'f> {
        let roles: Vec<(&str, &str)> = types.iter().flat_map(|one| linked_roles(one)).collect();
        let companions: Vec<String> =
            roles.iter().filter(|(role, _)| *role == key).map(|(_, companion)| (*companion).to_owned()).collect();
        if companions.is_empty() {
            let names: Vec<String> = roles.iter().map(|(role, _)| (*role).to_owned()).collect();
            let help = Some(match names.is_empty() {
                true => format!("{} have no roles", types.join(", ")),
                false => format!("the roles are {}", listed(names)),
            });
            self.say(span, format!("there is no role `{key}`"), help);
            return Spot::Unknown;
        }
        Spot::Resource(Types::Only(companions))
    }

    fn fact(&mut self, key: &'f str, span: Span, types: &[String]) -> Spot<'f> {
        let known: Vec<String> = types.iter().flat_map(|one| fact_names(one)).collect();
        if known.iter().any(|name| name == key) {
            return Spot::Fact(key);
        }
        let help = Some(match known.is_empty() {
            true => format!("{} have no facts", types.join(", ")),
            false => format!("the facts are {}", listed(known)),
        });
        self.say(span, format!("there is no fact `{key}`"), help);
        Spot::Unknown
    }

    fn fact_key(&mut self, key: &str, span: Span, fact: &str) {
        let known: Vec<String> = fact_keys(fact).map(str::to_owned).collect();
        if !known.iter().any(|name| name == key) {
            let help = match known.is_empty() {
                true => format!("`{fact}` has no keys"),
                false => format!("its keys are {}", listed(known)),
            };
            self.say(span, format!("the fact `{fact}` has no key `{key}`"), Some(help));
        }
    }

    fn property(&mut self, key: &str, span: Span, places: &[PropertyType]) -> Spot<'f> {
        if self.functions || places.is_empty() {
            return Spot::Unknown;
        }
        // A rule about several types may ask each for what only one has.
        if places.iter().all(|place| place.missing_step([key]).is_some()) {
            self.say(span, format!("there is no property `{key}` here"), None);
            return Spot::Unknown;
        }
        Spot::Property(places.iter().map(|place| item(*place).key(key)).collect())
    }
}

/// What a key asked of a place is asked of: the items of a list.
fn item(place: PropertyType) -> PropertyType {
    if place.kind() == PropertyKind::List { place.item() } else { place }
}

fn listed(mut names: Vec<String>) -> String {
    names.sort();
    names.dedup();
    names.join(", ")
}
