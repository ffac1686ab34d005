//! Archives that somebody else made.

use std::fs;
use std::io::Write as _;
use std::path::{Component, Path};
use std::sync::Mutex;

use cfnward::walk::{ArchiveLimits, ArchiveTrouble, Event, Found, Members, Naming, Walk, decode};
use flate2::Compression;
use flate2::write::GzEncoder;

/// The size of a block of a tar archive.
const BLOCK: usize = 512;
const LIMITS: ArchiveLimits =
    ArchiveLimits { member: 64 * 1024, size: 1024 * 1024, ratio: 50, members: 40, kept: 128 * 1024 };

/// The first byte says what the others are: an archive as it is, a tar archive whose sums are put right, or one that is
/// packed besides.
pub(super) fn archives(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let (name, content) = match first % 5 {
        0 => ("t.zip", rest.to_vec()),
        1 => ("t.tar", rest.to_vec()),
        2 => ("t.tgz", rest.to_vec()),
        3 => ("t.tar", summed(rest)),
        _ => ("t.tar.gz", gzipped(&summed(rest))),
    };
    let folder = tempfile::tempdir().expect("there is room for a file");
    let path = folder.path().join(name);
    fs::write(&path, &content).expect("there is room for a file");
    let members = members(folder.path(), name);
    let left = fs::read_dir(folder.path()).expect("the folder is there").count();
    assert_eq!(left, 1, "nothing is unpacked");
    bounded(&members, content.len() as u64, folder.path(), name);
}

fn members(folder: &Path, name: &str) -> Members {
    let naming = Naming::at(folder, Some(folder)).expect("the folder is there");
    let sniff = |bytes: &[u8]| bytes.windows(9).any(|window| window == b"Resources");
    let walk = Walk { sniff: Some(sniff), ..Walk::new(vec![name.into()], naming) };
    let archive: Mutex<Option<Found>> = Mutex::default();
    walk.run(&|event| {
        if let Event::Found(found) = event {
            *archive.lock().expect("nobody panics here") = Some(found);
        }
    })
    .expect("the archive is there");
    let archive = archive.into_inner().expect("nobody panics here").expect("it was found");
    walk.members(&archive, &LIMITS).expect("there are no globs")
}

/// No name leads out, and nothing comes to more than the limits allow.
fn bounded(members: &Members, size: u64, folder: &Path, name: &str) {
    for trouble in &members.troubles {
        let (ArchiveTrouble::Incomplete(said) | ArchiveTrouble::SameName(said)) = trouble;
        assert!(!said.is_empty(), "a trouble says something");
    }
    assert!(members.found.len() as u64 <= LIMITS.members, "there are not more members than the limit");
    let archive = folder.canonicalize().expect("the folder is there").join(name);
    let (mut read, mut again) = (0, 0);
    for found in &members.found {
        let inside = |path: &str| path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        let display = found.name.display.strip_prefix(&format!("{name}!/"));
        assert!(display.is_some_and(inside), "{:?} lies in the archive", found.name);
        let uri = found.name.uri.strip_prefix(&format!("{name}%21/"));
        assert!(uri.is_some_and(inside), "{:?} lies in the archive", found.name);
        assert!(found.name.uri.bytes().all(|byte| byte.is_ascii_graphic()), "{:?} is an address", found.name);
        let below = found.path.strip_prefix(&archive).expect("a member lies below its archive");
        assert!(below.components().all(|part| matches!(part, Component::Normal(_))), "{below:?} leads down");
        assert!(!found.explicit, "nobody named a member");
        if let Ok(bytes) = found.read(LIMITS.member) {
            assert!(bytes.len() as u64 <= LIMITS.member, "a member is not larger than the limit");
            read += bytes.len() as u64;
            again += found.read(LIMITS.member).map_or(0, |bytes| bytes.len() as u64);
            let _ = decode(bytes);
        }
    }
    assert_eq!(read, again, "a member is what it was");
    assert!(read <= LIMITS.size, "all together are not more than the limit");
    assert!(read <= size * LIMITS.ratio + LIMITS.member, "all together are not too many times the archive");
}

/// The bytes with the sum of each block put where that of a header stands, if the block looks like one: else hardly any
/// change of a header would get further than its sum.
fn summed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for block in bytes.chunks_exact_mut(BLOCK).filter(|block| block[257..262] == *b"ustar") {
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
    bytes
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}
