//! Patterns of policies, where `*` stands for any text and `?` for any character, held against texts and each other.
//!
//! A text of which parts are unknown becomes a skeleton: the same parameter or reference reads the same in every
//! skeleton, so that two mentions of one bucket are seen to be one.

use crate::value::{Kind, Piece, Value, World};

use super::read::{Read, text};

/// Marks around the name of a part in a skeleton, from the area that no text uses for anything.
const OPEN: char = '\u{F8F2}';
const CLOSE: char = '\u{F8F3}';

/// Whether `pattern` stands for `text`, letters of either case being one. Where `text` is itself a pattern, whether
/// everything that it stands for is stood for. `?` stands for ASCII alone: what policies name is written in it.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut next) = (0, 0);
    // Where the last star stands, and how much of the text it took: one star to go back to is enough.
    let mut star: Option<(usize, usize)> = None;
    while let Some(letter) = text.get(next) {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, next));
                at += 1;
            }
            Some(wanted)
                if wanted.eq_ignore_ascii_case(letter) || (*wanted == b'?' && letter.is_ascii() && *letter != b'*') =>
            {
                at += 1;
                next += 1;
            }
            _ => match star {
                Some((place, taken)) => {
                    star = Some((place, taken + 1));
                    at = place + 1;
                    next = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|rest| *rest == b'*')
}

/// The text of a forced value with a name for each unknown part; `None` for what is no text.
pub(super) fn skeleton<'a>(world: &World<'a, '_>, value: Value<'a>) -> Option<String> {
    let part = |name: &str| format!("{OPEN}{name}{CLOSE}");
    match value.kind {
        Kind::Unknown(unknown) => Some(part(unknown.reason)),
        Kind::Reference(reference) => Some(part(&reference.describe())),
        Kind::Partial(pieces) => {
            let texts = pieces.iter().map(|piece| match piece {
                Piece::Text(text) => (*text).to_owned(),
                Piece::Unknown(unknown) => part(unknown.reason),
                Piece::Reference(reference) => part(&reference.describe()),
            });
            Some(texts.collect())
        }
        _ => match text(world, value) {
            Read::Known(text) => Some(text.to_owned()),
            Read::Unknown(_) | Read::Missing => None,
        },
    }
}

/// The pattern that a forced text would be if its unknown parts could be anything; `None` for what is no text.
pub(super) fn loosest<'a>(world: &World<'a, '_>, value: Value<'a>) -> Option<String> {
    match value.kind {
        Kind::Unknown(_) => Some("*".to_owned()),
        // What AWS makes up is no action and no wildcard.
        Kind::Reference(_) => None,
        Kind::Partial(pieces) => {
            let texts = pieces.iter().map(|piece| match piece {
                Piece::Text(text) => *text,
                Piece::Unknown(_) | Piece::Reference(_) => "*",
            });
            Some(texts.collect())
        }
        _ => skeleton(world, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_what_they_do() {
        for (pattern, text, expected) in [
            ("*", "iam:PassRole", true),
            ("iam:*", "iam:PassRole", true),
            ("IAM:pass*", "iam:PassRole", true),
            ("iam:Pass*", "iam:PutRolePolicy", false),
            ("iam:*Role", "iam:PassRole", true),
            ("iam:*Role", "iam:PassRoles", false),
            ("iam:P*s*Role", "iam:PassRole", true),
            ("iam:PassRol?", "iam:PassRole", true),
            ("iam:PassRole?", "iam:PassRole", false),
            ("iam:PassRole", "iam:PassRole", true),
            ("", "", true),
            ("", "a", false),
            ("s3:*", "s3:Get*", true),
            ("s3:Get?", "s3:Get*", false),
            ("s3:Get*", "s3:*", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
        let stars = "*a".repeat(2_000);
        assert!(!matches(&stars, &"a".repeat(1_999)));
    }
}
