//! What somebody may have meant by a name that means nothing.

/// The most characters of a name that something is looked for: nobody mistypes a longer one, and templates can hold any.
const LONGEST: usize = 80;
/// The most suggestions.
const MOST: usize = 3;

/// The candidates that look most like a mistyped name, nearest first, at most three. Neither capitals nor the choice
/// between `-`, `_`, `.`, `:` and a space matter; two letters that changed places count as one mistake. Nothing that differs
/// in more than a third of the name is like it.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let length = name.chars().count();
    if length == 0 || length > LONGEST {
        return Vec::new();
    }
    let close = length.div_ceil(3);
    let wanted = plain(name);
    let mut scored: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= 4 * LONGEST && candidate.chars().count().abs_diff(length) <= close)
        .map(|candidate| (strsim::osa_distance(&wanted, &plain(candidate)), candidate))
        .filter(|(distance, _)| *distance <= close)
        .collect();
    scored.sort_unstable();
    scored.dedup();
    // Beside a name with one wrong letter, one with five is noise.
    let limit = scored.first().map_or(0, |(distance, _)| 2 * distance);
    scored.into_iter().filter(|(distance, _)| *distance <= limit).take(MOST).map(|(_, candidate)| candidate).collect()
}

/// `; did you mean ...?`, or nothing when there is nothing to suggest: the end of a message.
#[must_use]
pub fn did_you_mean(suggestions: &[&str]) -> String {
    let quoted: Vec<String> = suggestions.iter().map(|one| format!("`{one}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => format!("; did you mean {only}?"),
        Some((last, others)) => format!("; did you mean {} or {last}?", others.join(", ")),
    }
}

fn plain(name: &str) -> String {
    name.chars().map(|c| if matches!(c, '-' | '_' | '.' | ':' | ' ') { '_' } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["s3_bucket_public", "s3_bucket_public_acl", "CKV_AWS_3", "ENC-EBS-01"];

    #[test]
    fn the_nearest_name_comes_first() {
        assert_eq!(nearest("s3_bucket_pubilc", NAMES), ["s3_bucket_public"], "two letters that changed places");
        assert_eq!(nearest("s3_bucket_pub", NAMES), ["s3_bucket_public"], "a longer one is much less like it");
        assert_eq!(nearest("xa", ["ya", "za", "yb"]), ["ya", "za"]);
        assert_eq!(nearest("lambda_in_vpc", NAMES), [""; 0]);
    }

    #[test]
    fn capitals_and_separators_do_not_matter() {
        assert_eq!(nearest("ckv-aws-3", NAMES), ["CKV_AWS_3"]);
        assert_eq!(nearest("enc_ebs_1", NAMES), ["ENC-EBS-01"]);
    }

    #[test]
    fn an_endless_name_is_like_nothing() {
        let long = "s3_bucket_public".repeat(100_000);
        assert_eq!(nearest(&long, [long.as_str()]), [""; 0]);
        assert_eq!(nearest("", NAMES), [""; 0]);
    }

    #[test]
    fn suggestions_end_a_message() {
        assert_eq!(did_you_mean(&[]), "");
        assert_eq!(did_you_mean(&["a"]), "; did you mean `a`?");
        assert_eq!(did_you_mean(&["a", "b", "c"]), "; did you mean `a`, `b` or `c`?");
    }
}
