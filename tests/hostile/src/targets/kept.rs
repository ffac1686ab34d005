//! What a cache keeps, after somebody has changed it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use cfnward::check::{Checker, Input, Settings, SuppressionSettings};
use cfnward::cli::Cache;
use cfnward::diag::{Day, Report};
use cfnward::render::{Format, Options, SarifFlavour};
use cfnward::rules::{Catalog, Rule, Selection};
use cfnward::text::{SourceFile, SourceName};
use sha2::{Digest as _, Sha256};

/// The bytes of a pack's table for each answer, and those behind the table.
const ROW: usize = 64;
const END: usize = 64;
/// Has findings with all that a suppression can say.
const TEMPLATE: &str = "\
Resources:
  # cfnward: ignore[ebs_volume_unencrypted] until=2030-01-01 owner=me because
  Silent: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: a}}
  Disk: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: a}}
";

/// A scan of one file, what it says, and the pack that it leaves.
struct Ground {
    rules: Vec<Arc<Rule>>,
    checker: Checker,
    settings: Settings,
    source: SourceFile,
    said: Report,
    /// The name of the pack, and its bytes.
    pack: (PathBuf, Vec<u8>),
}

impl Ground {
    fn new() -> Self {
        let selection = Selection { rules: vec!["ebs_volume_unencrypted".to_owned()], ..Selection::default() };
        let rules = selection.apply(&Catalog::builtin()).expect("there is this rule");
        let suppression = SuppressionSettings { today: Day::parse("2026-01-01"), ..SuppressionSettings::default() };
        let settings = Settings { suppression, ..Settings::default() };
        let (checker, _) = Checker::new(&rules, &settings);
        let source = SourceFile::new(SourceName::from_display("t.yaml"), TEMPLATE.to_owned());
        let said = checker.check(Input { source: &source, explicit: false });
        let mut ground = Self { rules, checker, settings, source, said, pack: Default::default() };
        let folder = tempfile::tempdir().expect("there is room for a cache");
        let (report, asked) = ground.scan(folder.path());
        assert!(report == ground.said && asked, "nothing is known yet");
        let packs =
            fs::read_dir(folder.path()).expect("the cache is there").map(|entry| entry.expect("as well").path());
        let pack = packs.into_iter().find(|path| path.extension().is_some_and(|end| end == "pack"));
        let pack = pack.expect("something was kept");
        let bytes = fs::read(&pack).expect("it can be read");
        ground.pack = (pack.file_name().expect("it has a name").into(), bytes);
        ground
    }

    /// What a scan with the cache in that folder says, and whether it had to look at the file itself.
    fn scan(&self, folder: &Path) -> (Report, bool) {
        let cache = Cache::open(folder, &self.rules, &self.checker).expect("the folder can be one of a cache");
        let mut asked = false;
        let input = Input { source: &self.source, explicit: false };
        let answered = cache.alone(input, &self.settings, || {
            asked = true;
            self.said.clone()
        });
        let report = answered.into_report();
        let known: Vec<String> = cache.asks(&self.source, || vec!["it was asked".to_owned()]);
        assert!(known.len() < 1_000_000, "nothing grows without bound");
        cache.finish();
        (report, asked)
    }
}

fn ground() -> &'static Ground {
    static GROUND: OnceLock<Ground> = OnceLock::new();
    GROUND.get_or_init(Ground::new)
}

/// A sound pack in each of the ways to change one.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let whole = &ground().pack.1;
    let (start, end) = (table_of(whole), whole.len() - END);
    let number = |row: &[u8], from: usize, count: usize| {
        row[from..from + count].iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
    };
    let answers = whole[start..end].chunks_exact(ROW).zip([1, 5]).map(|(row, mode)| {
        let (from, count) = (number(row, 48, 8), number(row, 56, 4));
        [&[mode], &whole[from..from + count]].concat()
    });
    let parts = [(0, &whole[..]), (2, &whole[start..end]), (3, &whole[end..])];
    answers.chain(parts.map(|(mode, part)| [&[mode], part].concat())).collect()
}

/// The first byte says what the others are: a pack, the answer to one of two questions, the table, or what stands behind it.
/// Answers and tables get the sums that they need, for else nothing of them would be looked at.
pub(super) fn cache(bytes: &[u8]) {
    let ground = ground();
    let Some((first, rest)) = bytes.split_first() else { return };
    let (name, whole) = &ground.pack;
    let pack = match first % 4 {
        0 => rest.to_vec(),
        1 => with_answer(whole, usize::from(first / 4 % 2), rest),
        2 => with_table(whole, rest),
        _ => [whole.get(..whole.len() - END).unwrap_or_default(), rest].concat(),
    };
    let folder = tempfile::tempdir().expect("there is room for a cache");
    let path = folder.path().join(name);
    fs::write(&path, &pack).expect("there is room for a pack");
    let (report, asked) = ground.scan(folder.path());
    if asked {
        assert!(report == ground.said, "what is no answer is worked out again");
    } else {
        // It may say what it likes, and can be shown all the same.
        let mut shown = ground.checker.empty_report();
        shown.absorb(report);
        shown.sort();
        let all = Options { sarif_flavour: SarifFlavour::Full, show_unsure: true, verbose: true, ..Options::default() };
        for format in Format::ALL {
            format.write(&shown, &all, &mut std::io::sink()).expect("nothing is full");
        }
    }
    // What was damaged is gone: the next scan knows an answer.
    let (_, again) = ground.scan(folder.path());
    assert!(!again, "a pack is repaired");
}

/// A pack in which those bytes are the only answer, to the question that stands there in the table.
fn with_answer(whole: &[u8], number: usize, answer: &[u8]) -> Vec<u8> {
    let start = table_of(whole) + number * ROW;
    let key = &whole[start..start + 32];
    let mut pack = [&whole[..16], answer].concat();
    let check: [u8; 32] = Sha256::new().chain_update(key).chain_update(answer).finalize().into();
    let length = u32::try_from(answer.len()).unwrap_or(u32::MAX);
    let day = &whole[start + 60..start + 64];
    let row = [key, &check[..16], &16_u64.to_le_bytes(), &length.to_le_bytes(), day].concat();
    close(&mut pack, &row);
    pack
}

/// A pack with those bytes as its table, as far as they are whole rows.
fn with_table(whole: &[u8], table: &[u8]) -> Vec<u8> {
    let mut pack = whole[..table_of(whole)].to_vec();
    close(&mut pack, &table[..table.len() / ROW * ROW]);
    pack
}

/// Where the table of a sound pack begins.
fn table_of(whole: &[u8]) -> usize {
    let end = &whole[whole.len() - END..];
    let start = end.first_chunk().map(|start| u64::from_le_bytes(*start)).unwrap_or_default();
    usize::try_from(start).expect("a pack fits into memory")
}

/// Puts a table and what stands behind it to the end of a pack.
fn close(pack: &mut Vec<u8>, table: &[u8]) {
    let start = (pack.len() as u64).to_le_bytes();
    let check: [u8; 32] = Sha256::new().chain_update(start).chain_update(table).finalize().into();
    let magic = pack[..16].to_vec();
    pack.extend(table);
    pack.extend(start);
    pack.extend((table.len() as u64 / ROW as u64).to_le_bytes());
    pack.extend(check);
    pack.extend(magic);
}
