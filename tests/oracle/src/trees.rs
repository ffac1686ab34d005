//! Our syntax trees in the form in which AWS's parsers serialise theirs, places left out.
//!
//! What their parsers rewrite while reading is rewritten here: a type block becomes a query, a comparison of `!=` a
//! negated `==`, a regular expression and a range a text.

use cfnward::guard::{
    parse, Block, Clause, Dialect, Disjunction, FunctionCall, Let, Literal, LiteralKind, NamedReference, Operand,
    Operator, Part, PartKind, Query, Range, RuleCall, RuleFile,
};
use serde_json::{json, Value as Json};

/// The tree of a text as our parser reads it; `Ok(None)` for a file without anything, as AWS's parsers say.
///
/// # Errors
/// The first message of the parser.
pub fn ours(text: &str, dialect: Dialect) -> Result<Option<Json>, String> {
    let parsed = parse(text, dialect);
    match parsed.errors.first() {
        Some(error) => Err(format!("{error:?}")),
        None => {
            let file = &parsed.file;
            let empty = file.lets.is_empty()
                && file.rules.is_empty()
                && file.parameterized.is_empty()
                && file.default_clauses.is_empty();
            Ok((!empty).then(|| rule_file(file)))
        }
    }
}

/// Their tree without places, and with what the two versions write differently written alike.
#[must_use]
pub fn theirs(tree: Json) -> Json {
    match tree {
        Json::Array(items) => items.into_iter().map(theirs).collect(),
        Json::Object(mut entries) => {
            if entries.len() == 2 && entries.contains_key("path") && entries.contains_key("value") {
                // The path of a literal within itself.
                return entries.remove("value").unwrap_or(Json::Null);
            }
            if let (Some(Json::String(word)), true) = (entries.get("comparator"), entries.contains_key("compare_with"))
            {
                let pair = match word.as_str() {
                    "NotEq" => json!(["Eq", true]),
                    "NotIn" => json!(["In", true]),
                    word => json!([word, false]),
                };
                entries.insert("comparator".to_owned(), pair);
            }
            entries.into_iter().filter(|(key, _)| key != "location").map(|(key, value)| (key, theirs(value))).collect()
        }
        other => other,
    }
}

fn rule_file(file: &RuleFile) -> Json {
    let mut rules: Vec<Json> = Vec::new();
    if !file.default_clauses.is_empty() {
        let body = json!({"assignments": [], "conjunctions": rule_clauses(&file.default_clauses)});
        rules.push(json!({"rule_name": "rules/default", "conditions": null, "block": body}));
    }
    rules.extend(file.rules.iter().map(|rule| {
        let body = json!({"assignments": lets(&rule.body.lets), "conjunctions": rule_clauses(&rule.body.clauses)});
        json!({"rule_name": rule.name.text, "conditions": when(&rule.when), "block": body})
    }));
    let parameterized = file.parameterized.iter().map(|rule| {
        let body = json!({"assignments": lets(&rule.body.lets), "conjunctions": rule_clauses(&rule.body.clauses)});
        let mut names: Vec<&str> = Vec::new();
        for name in &rule.parameters {
            if !names.contains(&name.text.as_str()) {
                names.push(&name.text);
            }
        }
        json!({"parameter_names": names, "rule": {"rule_name": rule.name.text, "conditions": null, "block": body}})
    });
    json!({"assignments": lets(&file.lets), "guard_rules": rules, "parameterized_rules": parameterized.collect::<Vec<_>>()})
}

fn when(conditions: &[Disjunction]) -> Json {
    if conditions.is_empty() {
        Json::Null
    } else {
        clauses(conditions)
    }
}

fn lets(lets: &[Let]) -> Json {
    lets.iter().map(|it| json!({"var": it.name.text, "value": operand(&it.value)})).collect()
}

fn operand(value: &Operand) -> Json {
    match value {
        Operand::Literal(value) => json!({"Value": literal(value)}),
        Operand::Query(value) => json!({"AccessClause": query(value)}),
        Operand::Call(value) => json!({"FunctionCall": call(value)}),
    }
}

fn call(call: &FunctionCall) -> Json {
    json!({"parameters": call.arguments.iter().map(operand).collect::<Vec<_>>(), "name": call.name.text})
}

fn literal(literal_: &Literal) -> Json {
    match &literal_.kind {
        LiteralKind::Null => Json::Null,
        LiteralKind::Bool(value) => json!(value),
        LiteralKind::Integer(value) => json!(value),
        LiteralKind::Float(value) => json!(value),
        LiteralKind::String(text) => json!(text),
        LiteralKind::Regex(pattern) => json!(format!("/{pattern}/")),
        LiteralKind::RangeInteger(range_) => range(range_),
        LiteralKind::RangeFloat(range_) => range(range_),
        LiteralKind::RangeChar(range_) => range(range_),
        LiteralKind::List(items) => items.iter().map(literal).collect(),
        LiteralKind::Map(entries) => entries.iter().map(|(key, value)| (key.text.clone(), literal(value))).collect(),
    }
}

fn range<T: std::fmt::Display>(range: &Range<T>) -> Json {
    let (open, close) = (if range.low_inclusive { '[' } else { '(' }, if range.high_inclusive { ']' } else { ')' });
    json!(format!("{open}{},{}{close}", range.low, range.high))
}

fn query(query: &Query) -> Json {
    json!({"query": query.parts.iter().map(part).collect::<Vec<_>>(), "match_all": !query.some})
}

fn part(part: &Part) -> Json {
    match &part.kind {
        PartKind::This => json!("This"),
        PartKind::Variable(name) | PartKind::Interpolated(name) => json!({"Key": format!("%{name}")}),
        PartKind::Key(key) => json!({"Key": key}),
        PartKind::AllValues { capture } => json!({"AllValues": capture}),
        PartKind::AllIndices { capture } => json!({"AllIndices": capture}),
        PartKind::Index(index) => json!({"Index": index}),
        PartKind::Filter { capture, clauses: inner } => json!({"Filter": [capture, clauses(inner)]}),
        PartKind::KeyFilter { capture, operator, negated, right } => json!({"MapKeyFilter": [
            capture,
            {"comparator": [operator_name(*operator), negated], "compare_with": operand(right)},
        ]}),
    }
}

fn operator_name(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "Eq",
        Operator::Greater => "Gt",
        Operator::GreaterOrEqual => "Ge",
        Operator::Less => "Lt",
        Operator::LessOrEqual => "Le",
        Operator::In => "In",
        Operator::Exists => "Exists",
        Operator::Empty => "Empty",
        Operator::IsString => "IsString",
        Operator::IsList => "IsList",
        Operator::IsStruct => "IsMap",
        Operator::IsBool => "IsBool",
        Operator::IsInt => "IsInt",
        Operator::IsFloat => "IsFloat",
        Operator::IsNull => "IsNull",
    }
}

fn block(block: &Block) -> Json {
    json!({"assignments": lets(&block.lets), "conjunctions": clauses(&block.clauses)})
}

fn clauses(disjunctions: &[Disjunction]) -> Json {
    disjunctions.iter().map(|one| one.alternatives.iter().map(clause).collect::<Json>()).collect()
}

/// The clauses of a rule, which wrap those of a block.
fn rule_clauses(disjunctions: &[Disjunction]) -> Json {
    disjunctions.iter().map(|one| one.alternatives.iter().map(rule_clause).collect::<Json>()).collect()
}

fn rule_clause(clause_: &Clause) -> Json {
    match clause_ {
        Clause::When(it) => json!({"WhenBlock": [clauses(&it.conditions), block(&it.body)]}),
        Clause::Type(it) => {
            let is_type = json!({"Clause": {"access_clause": {
                "query": {"query": [{"Key": "Type"}], "match_all": true},
                "comparator": ["Eq", false],
                "compare_with": {"Value": it.type_name.text},
                "custom_message": null,
            }, "negation": false}});
            json!({"TypeBlock": {
                "type_name": it.type_name.text,
                "conditions": when(&it.when),
                "block": block(&it.body),
                "query": [{"Key": "Resources"}, {"AllValues": null}, {"Filter": [null, [[is_type]]]}],
            }})
        }
        other => json!({"Clause": clause(other)}),
    }
}

fn clause(clause: &Clause) -> Json {
    match clause {
        Clause::Access(it) => json!({"Clause": {"access_clause": {
            "query": query(&it.query),
            "comparator": [operator_name(it.operator), it.operator_negated],
            "compare_with": it.right.as_ref().map(operand),
            "custom_message": it.message.as_ref().map(|message| &message.text),
        }, "negation": it.negated}}),
        Clause::Block(it) => {
            json!({"BlockClause": {"query": query(&it.query), "block": block(&it.body), "not_empty": it.not_empty}})
        }
        Clause::When(it) => json!({"WhenBlock": [clauses(&it.conditions), block(&it.body)]}),
        Clause::Named(it) => json!({"NamedRule": named(it)}),
        Clause::Call(it) => json!({"ParameterizedNamedRule": rule_call(it)}),
        // Types stand in rules only.
        Clause::Type(_) => Json::Null,
    }
}

fn named(it: &NamedReference) -> Json {
    let message = it.message.as_ref().map(|message| &message.text);
    json!({"dependent_rule": it.name.text, "negation": it.negated, "custom_message": message})
}

fn rule_call(it: &RuleCall) -> Json {
    let message = it.message.as_ref().map(|message| &message.text);
    let named = json!({"dependent_rule": it.name.text, "negation": it.negated, "custom_message": message});
    json!({"parameters": it.arguments.iter().map(operand).collect::<Vec<_>>(), "named_rule": named})
}

/// Where two trees first differ, as a path and the two sides.
#[must_use]
pub fn first_difference(path: &str, ours: &Json, theirs: &Json) -> Option<String> {
    match (ours, theirs) {
        (Json::Object(a), Json::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            let mut keys = keys.map(|key| (key, a.get(key).unwrap_or(&Json::Null), b.get(key).unwrap_or(&Json::Null)));
            keys.find_map(|(key, a, b)| first_difference(&format!("{path}/{key}"), a, b))
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => (0..)
            .zip(a.iter().zip(b))
            .find_map(|(at, (a, b)): (usize, _)| first_difference(&format!("{path}/{at}"), a, b)),
        (a, b) => (a != b).then(|| format!("{path}: ours {a}, theirs {b}")),
    }
}
