//! Every combination of conditions that can happen is found, and no other: compared with trying all values.

use std::collections::BTreeSet;

use bumpalo::Bump;

use crate::syntax::{Hint, read};
use crate::template::Template;
use crate::value::{Choices, Pending, World};

use super::{Resolver, Settings};

const LITERALS: [&str; 3] = ["a", "b", "c"];

/// A condition over parameters, numbered.
enum Test {
    Is(usize, &'static str),
    Same(usize, usize),
    Earlier(usize),
    Not(Box<Test>),
    And(Vec<Test>),
    Or(Vec<Test>),
}

impl Test {
    fn text(&self) -> String {
        let all = |tests: &[Self]| tests.iter().map(Self::text).collect::<Vec<_>>().join(", ");
        match self {
            Self::Is(one, literal) => format!("{{'Fn::Equals': [{{Ref: P{one}}}, {literal}]}}"),
            Self::Same(one, other) => format!("{{'Fn::Equals': [{{Ref: P{one}}}, {{Ref: P{other}}}]}}"),
            Self::Earlier(number) => format!("{{Condition: C{number}}}"),
            Self::Not(test) => format!("{{'Fn::Not': [{}]}}", test.text()),
            Self::And(tests) => format!("{{'Fn::And': [{}]}}", all(tests)),
            Self::Or(tests) => format!("{{'Fn::Or': [{}]}}", all(tests)),
        }
    }

    fn holds(&self, values: &[&str], earlier: &[bool]) -> bool {
        match self {
            Self::Is(one, literal) => values[*one] == *literal,
            Self::Same(one, other) => values[*one] == values[*other],
            Self::Earlier(number) => earlier[*number],
            Self::Not(test) => !test.holds(values, earlier),
            Self::And(tests) => tests.iter().all(|test| test.holds(values, earlier)),
            Self::Or(tests) => tests.iter().any(|test| test.holds(values, earlier)),
        }
    }
}

/// A small generator of numbers, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn test(&mut self, parameters: usize, earlier: usize, depth: usize) -> Test {
        match self.below(if depth == 0 { 4 } else { 7 }) {
            0 | 1 => Test::Is(self.below(parameters), LITERALS[self.below(LITERALS.len())]),
            2 if earlier > 0 => Test::Earlier(self.below(earlier)),
            2 | 3 => Test::Same(self.below(parameters), self.below(parameters)),
            4 => Test::Not(Box::new(self.test(parameters, earlier, depth - 1))),
            kind => {
                let tests = (0..2 + self.below(2)).map(|_| self.test(parameters, earlier, depth - 1)).collect();
                if kind == 5 { Test::And(tests) } else { Test::Or(tests) }
            }
        }
    }
}

#[test]
fn exactly_the_combinations_that_can_happen_are_found() {
    for seed in 0..400 {
        let numbers = &mut Numbers(seed);
        let parameters = 1 + numbers.below(3);
        let allowed: Vec<Option<Vec<&str>>> = (0..parameters)
            .map(|_| {
                let kept: Vec<&str> = LITERALS.into_iter().filter(|_| numbers.below(2) == 0).collect();
                (numbers.below(2) == 0 && !kept.is_empty()).then_some(kept)
            })
            .collect();
        let conditions: Vec<Test> =
            (0..1 + numbers.below(8)).map(|number| numbers.test(parameters, number, 2)).collect();
        let rules: Vec<(Test, Test)> =
            (0..numbers.below(3)).map(|_| (numbers.test(parameters, 0, 1), numbers.test(parameters, 0, 1))).collect();
        let mut text = String::from("Parameters:\n");
        for (number, allowed) in allowed.iter().enumerate() {
            text.push_str(&match allowed {
                Some(kept) => format!("  P{number}: {{Type: String, AllowedValues: [{}]}}\n", kept.join(", ")),
                None => format!("  P{number}: {{Type: String, Default: {}}}\n", LITERALS[numbers.below(3)]),
            });
        }
        text.push_str("Conditions:\n");
        for (number, condition) in conditions.iter().enumerate() {
            text.push_str(&format!("  C{number}: {}\n", condition.text()));
        }
        text.push_str("Rules:\n");
        for (number, (guard, assert)) in rules.iter().enumerate() {
            let (guard, assert) = (guard.text(), assert.text());
            text.push_str(&format!("  R{number}: {{RuleCondition: {guard}, Assertions: [{{Assert: {assert}}}]}}\n"));
        }
        assert_eq!(found(&text, conditions.len()), wanted(&allowed, &conditions, &rules), "{text}");
    }
}

/// The combinations by trying every value that can matter: as many other values as there are parameters.
fn wanted(allowed: &[Option<Vec<&str>>], conditions: &[Test], rules: &[(Test, Test)]) -> BTreeSet<Vec<bool>> {
    let mut points: Vec<Vec<&str>> = vec![Vec::new()];
    for allowed in allowed {
        let values = allowed.clone().unwrap_or_else(|| vec!["a", "b", "c", "other 1", "other 2", "other 3"]);
        let longer = |point: &Vec<&'static str>, value| point.iter().copied().chain([value]).collect();
        let values: Vec<&'static str> = values
            .iter()
            .map(|value| ["a", "b", "c", "other 1", "other 2", "other 3"].into_iter().find(|one| one == value).unwrap())
            .collect();
        points = points.iter().flat_map(|point| values.iter().map(move |value| longer(point, *value))).collect();
    }
    let row = |point: &Vec<&str>| {
        let mut row = Vec::new();
        for condition in conditions {
            let holds = condition.holds(point, &row);
            row.push(holds);
        }
        row
    };
    let admitted =
        |point: &&Vec<&str>| rules.iter().all(|(guard, assert)| !guard.holds(point, &[]) || assert.holds(point, &[]));
    let rows: BTreeSet<_> = points.iter().filter(admitted).map(row).collect();
    // Rules that nothing satisfies do not count.
    if rows.is_empty() { points.iter().map(row).collect() } else { rows }
}

fn found(text: &str, conditions: usize) -> BTreeSet<Vec<bool>> {
    let read = read(text, Hint::Yaml);
    assert_eq!(read.problems, [], "{text}");
    let (template, _) = Template::new(&read.document);
    let arena = Bump::new();
    let resolver = Resolver::new(&arena, &template, &Settings::default());
    let names: Vec<String> = (0..conditions).map(|number| format!("C{number}")).collect();
    let mut rows = BTreeSet::new();
    let mut open = vec![Choices::default()];
    while let Some(choices) = open.pop() {
        let world = World { arena: &arena, choices: &choices };
        let row =
            names.iter().map(|name| resolver.condition(arena.alloc_str(name), &world)).collect::<Result<Vec<_>, _>>();
        match row {
            Ok(row) => _ = rows.insert(row),
            Err(Pending(variable)) => {
                let classes = resolver.possible_classes(variable, &choices);
                open.extend(classes.into_iter().map(|class| choices.with(variable, class)));
            }
        }
    }
    rows
}

#[test]
fn values_that_constraints_refuse_do_not_count() {
    let conditions = |parameter: &str| {
        let text = format!("Parameters: {{P0: {parameter}}}\nConditions: {{C0: !Equals [!Ref P0, '']}}\n");
        found(&text, 1).len()
    };
    assert_eq!(conditions("{Type: String}"), 2);
    assert_eq!(conditions("{Type: String, MinLength: 1}"), 1);
    assert_eq!(conditions("{Type: String, AllowedPattern: '[a-z]+', Default: ''}"), 1);
    assert_eq!(conditions("{Type: String, AllowedPattern: '[a-z]*'}"), 2);
    assert_eq!(conditions("{Type: String, AllowedPattern: '(((('}"), 2);
}
