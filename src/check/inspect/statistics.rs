//! Counting what is known.

use crate::check::coverage::kind_of_reason;
use crate::diag::{Part, Plain, Statistics, Variant};

/// Adds what stands in a resource's properties.
pub(super) fn count(resource: &Plain, statistics: &mut Statistics) {
    match resource {
        Plain::Varies(variants) => variants.iter().for_each(|variant| count(&variant.value, statistics)),
        _ => {
            if let Some(properties) = resource.get("Properties") {
                values(properties, statistics);
            }
        }
    }
}

fn values(plain: &Plain, statistics: &mut Statistics) {
    match plain {
        Plain::List(items) => items.iter().for_each(|item| values(item, statistics)),
        Plain::Map(entries) => entries.iter().for_each(|(_, value)| values(value, statistics)),
        Plain::Varies(variants) if variants.iter().all(|variant| is_scalar(&variant.value)) => {
            varying(variants, statistics);
        }
        Plain::Varies(variants) => variants.iter().for_each(|variant| values(&variant.value, statistics)),
        Plain::Absent => {}
        scalar => {
            statistics.values += 1;
            add(scalar, statistics);
        }
    }
}

fn is_scalar(plain: &Plain) -> bool {
    !matches!(plain, Plain::List(_) | Plain::Map(_) | Plain::Varies(_))
}

/// One value that is now this, now that: as unknown as the worst of it.
fn varying(variants: &[Variant], statistics: &mut Statistics) {
    let rank = |plain: &Plain| match plain {
        Plain::Unknown { .. } => 3,
        Plain::Partial(_) => 2,
        Plain::Reference(_) => 1,
        _ => 0,
    };
    let Some(worst) = variants.iter().map(|variant| &variant.value).max_by_key(|value| rank(value)) else { return };
    statistics.values += 1;
    if rank(worst) == 0 {
        statistics.varying += 1;
    }
    add(worst, statistics);
}

fn add(scalar: &Plain, statistics: &mut Statistics) {
    let mut because = |reason: &str| *statistics.reasons.entry(kind_of_reason(reason)).or_default() += 1;
    match scalar {
        Plain::Unknown { reason, .. } => {
            because(reason);
            statistics.unknown += 1;
        }
        Plain::Partial(parts) => {
            let unknown = parts.iter().find_map(|part| match part {
                Part::Unknown(reason) => Some(reason),
                _ => None,
            });
            match unknown {
                Some(reason) => {
                    because(reason);
                    statistics.partial += 1;
                }
                None => statistics.references += 1,
            }
        }
        Plain::Reference(_) => statistics.references += 1,
        _ => statistics.known += 1,
    }
}
