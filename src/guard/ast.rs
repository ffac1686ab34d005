//! The syntax tree of a Guard file. Every node knows its span; nothing is desugared away that a reader wrote. Names and
//! keys are nearly all short, so they stand in the tree itself.

use smol_str::SmolStr;

use crate::text::Span;

/// A file of Guard rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleFile {
    /// File-level variables, in source order.
    pub lets: Vec<Let>,
    /// Rules without parameters, in source order.
    pub rules: Vec<Rule>,
    /// Rules with parameters, in source order.
    pub parameterized: Vec<ParameterizedRule>,
    /// Clauses outside any rule: together they form the rule `default`.
    pub default_clauses: Vec<Disjunction>,
    /// The spans of all comments, `#` included, line break excluded.
    pub comments: Vec<Span>,
}

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The text.
    pub text: SmolStr,
    /// Where.
    pub span: Span,
}

/// `let name = value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Let {
    /// The variable.
    pub name: Name,
    /// What it stands for.
    pub value: Operand,
    /// The whole of it.
    pub span: Span,
}

/// A right-hand side, an argument, the value of a variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A literal.
    Literal(Literal),
    /// A query.
    Query(Query),
    /// A function call.
    Call(FunctionCall),
}

/// `name(arguments)` of a built-in function.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionCall {
    /// The function.
    pub name: Name,
    /// Its arguments.
    pub arguments: Vec<Operand>,
    /// The whole of it.
    pub span: Span,
}

/// `rule name when conditions { body }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name.
    pub name: Name,
    /// The conditions after `when`, a conjunction; empty without `when`.
    pub when: Vec<Disjunction>,
    /// Its body.
    pub body: Block,
    /// From `rule` to the closing brace.
    pub span: Span,
}

/// `rule name(parameters) { body }`.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterizedRule {
    /// Its name.
    pub name: Name,
    /// The parameters' names; a repeated name counts once.
    pub parameters: Vec<Name>,
    /// Its body.
    pub body: Block,
    /// From `rule` to the closing brace.
    pub span: Span,
}

/// `{ lets and clauses }`: the clauses are a conjunction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// Its variables, in source order.
    pub lets: Vec<Let>,
    /// Its clauses, in source order.
    pub clauses: Vec<Disjunction>,
    /// From brace to brace.
    pub span: Span,
}

/// `a or b or c`; mostly a single alternative.
#[derive(Clone, Debug, PartialEq)]
pub struct Disjunction {
    /// The alternatives, at least one.
    pub alternatives: Vec<Clause>,
    /// The whole of it.
    pub span: Span,
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Clause {
    /// `query operator [right]`.
    Access(AccessClause),
    /// `query { ... }`.
    Block(BlockClause),
    /// `when conditions { ... }`.
    When(WhenBlock),
    /// The name of another rule.
    Named(NamedReference),
    /// `name(arguments)` of a parameterized rule.
    Call(RuleCall),
    /// `AWS::S3::Bucket { ... }`.
    Type(TypeBlock),
}

/// `[not] query operator [right] [<<message>>]`.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessClause {
    /// Whether it starts with `not` or `!`. (The default dialect ignores that before binary operators.)
    pub negated: bool,
    /// The left side.
    pub query: Query,
    /// The operator.
    pub operator: Operator,
    /// Whether the operator itself is negated: `!=`, `not in`, `!exists`.
    pub operator_negated: bool,
    /// Where the operator stands, its negation included.
    pub operator_span: Span,
    /// The right side of a binary operator.
    pub right: Option<Operand>,
    /// The author's message.
    pub message: Option<Name>,
    /// The whole of it, the message included.
    pub span: Span,
}

/// What a clause asks of values. `!=` is `Equal` with `operator_negated`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `==`
    Equal,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `in`
    In,
    /// `exists`
    Exists,
    /// `empty`
    Empty,
    /// `is_string`
    IsString,
    /// `is_list`
    IsList,
    /// `is_struct`
    IsStruct,
    /// `is_bool`
    IsBool,
    /// `is_int`
    IsInt,
    /// `is_float`
    IsFloat,
    /// `is_null`
    IsNull,
}

impl Operator {
    /// Whether the operator has no right side.
    #[must_use]
    pub fn is_unary(self) -> bool {
        !matches!(self, Self::Equal | Self::Greater | Self::GreaterOrEqual | Self::Less | Self::LessOrEqual | Self::In)
    }
}

/// `query [!empty] { ... }`.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockClause {
    /// What the block is asked of.
    pub query: Query,
    /// Whether `!empty` (or `not empty`) stands before the brace.
    pub not_empty: bool,
    /// The body.
    pub body: Block,
    /// The whole of it.
    pub span: Span,
}

/// `when conditions { ... }`.
#[derive(Clone, Debug, PartialEq)]
pub struct WhenBlock {
    /// A conjunction.
    pub conditions: Vec<Disjunction>,
    /// The body.
    pub body: Block,
    /// The whole of it.
    pub span: Span,
}

/// `[not] rule_name [<<message>>]`.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedReference {
    /// Whether it is negated.
    pub negated: bool,
    /// The rule's name.
    pub name: Name,
    /// The author's message.
    pub message: Option<Name>,
    /// The whole of it.
    pub span: Span,
}

/// `[not] rule_name(arguments) [<<message>>]`.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleCall {
    /// Whether it is negated. (The default dialect ignores that.)
    pub negated: bool,
    /// The parameterized rule's name.
    pub name: Name,
    /// The arguments.
    pub arguments: Vec<Operand>,
    /// The author's message.
    pub message: Option<Name>,
    /// The whole of it.
    pub span: Span,
}

/// `AWS::S3::Bucket [when conditions] { ... }`, or a single clause instead of the braces.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeBlock {
    /// The type.
    pub type_name: Name,
    /// The conditions after `when`; empty without `when`.
    pub when: Vec<Disjunction>,
    /// The body. A single clause without braces is a body whose span is the clause's.
    pub body: Block,
    /// The whole of it.
    pub span: Span,
}

/// A path into a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Whether it starts with `some`.
    pub some: bool,
    /// Its parts. After a variable at the start, a `[*]` is inserted as the language demands, unless one stands there;
    /// an inserted part has an empty span.
    pub parts: Vec<Part>,
    /// The whole of it.
    pub span: Span,
}

/// One part of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it does.
    pub kind: PartKind,
    /// Where it stands.
    pub span: Span,
}

/// What a part of a query does.
#[derive(Clone, Debug, PartialEq)]
pub enum PartKind {
    /// `this`
    This,
    /// `%name` at the start.
    Variable(SmolStr),
    /// A key: bare, quoted or in brackets.
    Key(SmolStr),
    /// `.%name`: the variable's values as keys.
    Interpolated(SmolStr),
    /// `.*`, or `[ name ]` with a leading space.
    AllValues {
        /// The variable that takes the keys.
        capture: Option<SmolStr>,
    },
    /// `[*]`, or `[name]`.
    AllIndices {
        /// The variable that takes the keys.
        capture: Option<SmolStr>,
    },
    /// `[n]` or `.n`.
    Index(i64),
    /// `[ clauses ]`.
    Filter {
        /// The variable that takes the keys.
        capture: Option<SmolStr>,
        /// A conjunction.
        clauses: Vec<Disjunction>,
    },
    /// `[ keys operator right ]`.
    KeyFilter {
        /// The variable before `|`; the language ignores it.
        capture: Option<SmolStr>,
        /// `Equal` or `In`.
        operator: Operator,
        /// `!=` or `not in`.
        negated: bool,
        /// What keys are compared with: a literal or a query.
        right: Box<Operand>,
    },
}

/// A literal and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// The value.
    pub kind: LiteralKind,
    /// Where.
    pub span: Span,
}

/// The value of a literal.
#[derive(Clone, Debug, PartialEq)]
pub enum LiteralKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A number with a fraction.
    Float(f64),
    /// A quoted text.
    String(SmolStr),
    /// `/pattern/`, with `\/` already replaced by `/`.
    Regex(SmolStr),
    /// `r[a,b]` over integers.
    RangeInteger(Range<i64>),
    /// `r[a,b]` over numbers with fractions.
    RangeFloat(Range<f64>),
    /// `r[a,b]` over single characters.
    RangeChar(Range<char>),
    /// `[a, b]`
    List(Vec<Literal>),
    /// `{a: 1}`; a repeated key keeps its first position and last value.
    Map(Vec<(Name, Literal)>),
}

/// Bounds, each with or without itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range<T> {
    /// The lower bound.
    pub low: T,
    /// The upper bound.
    pub high: T,
    /// Whether the lower bound belongs to the range: `r[`.
    pub low_inclusive: bool,
    /// Whether the upper bound belongs to the range: `]`.
    pub high_inclusive: bool,
}

/// Which of AWS's two published behaviours of the language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// That of `cloudformation-guard-lang` 1.0.0 and cfn-guard 3.2.0.
    #[default]
    Classic,
    /// That of cfn-guard 3.2.1.
    V321,
}
