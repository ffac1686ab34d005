//! Zip archives.

use std::fs::File;
use std::io::{BufReader, Read};
use std::sync::Arc;

use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, FileReader, ZipArchive, ZipArchiveEntryWayfinder};

use super::gather::{Gathering, Member, Unreadable, failed};
use crate::walk::candidate::Likelihood;
use crate::walk::read::ReadError;
use crate::walk::walker::Store;

/// What one entry of the directory takes at most: its fixed part, a name, further fields and a comment.
const BUFFER: usize = 256 * 1024;
/// The bits of a mode that say what kind of file it is, and those of a regular file.
const KIND: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;

/// A zip archive, and where its candidates are.
#[derive(Debug)]
struct Zip {
    archive: ZipArchive<FileReader>,
    places: Vec<Place>,
}

/// Where a member is, and how it is stored.
#[derive(Clone, Copy, Debug)]
struct Place {
    way: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
}

/// Gathers the candidates of an archive.
pub(super) fn gather(gathering: &mut Gathering<'_>, file: File) {
    let mut buffer = vec![0; BUFFER];
    let archive = match ZipArchive::from_file(file, &mut buffer) {
        Ok(archive) => archive,
        Err(problem) => {
            gathering.incomplete(format!("it is no zip archive, or its end is missing ({})", said(&problem)));
            return;
        }
    };
    let mut candidates: Vec<(Member, Place, bool)> = Vec::new();
    let mut number = 0_u64;
    let mut entries = archive.entries(&mut buffer);
    loop {
        let entry = match entries.next_entry() {
            Ok(Some(entry)) => entry,
            Ok(None) => {
                // Archives of the old kind count to 65,535.
                if number & 0xFFFF != archive.entries_hint() & 0xFFFF {
                    let hint = archive.entries_hint();
                    gathering.incomplete(format!("its directory lists {number} members, and says that it has {hint}"));
                }
                break;
            }
            Err(problem) => {
                gathering.incomplete(format!(
                    "its directory is damaged ({}); members that stand after the first {number} were not judged",
                    said(&problem)
                ));
                break;
            }
        };
        number += 1;
        if !gathering.counts() {
            break;
        }
        let kind = entry.mode().value() & KIND;
        if entry.is_dir() || (kind != 0 && kind != REGULAR) {
            continue;
        }
        let Some(member) = gathering.member(entry.file_path().as_ref()) else { continue };
        let way = entry.wayfinder();
        if Gathering::is_passed_over(&member, way.uncompressed_size_hint()) {
            continue;
        }
        let place = Place { way, method: entry.compression_method() };
        candidates.push((member, place, entry.flags().is_encrypted()));
    }
    add(gathering, archive, candidates);
}

/// Adds what was found in the directory.
fn add(gathering: &mut Gathering<'_>, archive: ZipArchive<FileReader>, candidates: Vec<(Member, Place, bool)>) {
    let places = candidates.iter().map(|(_, place, _)| *place).collect();
    let zip = Arc::new(Zip { archive, places });
    let store: Arc<dyn Store> = zip.clone();
    for (number, (member, place, encrypted)) in candidates.into_iter().enumerate() {
        let size = place.way.uncompressed_size_hint();
        let unknown = member.likelihood == Likelihood::Unknown;
        let readable = !encrypted && matches!(place.method, CompressionMethod::STORE | CompressionMethod::DEFLATE);
        if !readable {
            // Nothing says that the others are templates.
            if !unknown {
                let reason = if encrypted {
                    "the member is encrypted".to_owned()
                } else {
                    format!("the member is compressed in a way that is not supported: {}", place.method)
                };
                gathering.add_unreadable(&member, size, Unreadable::Because(reason));
            }
            continue;
        }
        if size > gathering.limits.member {
            gathering.add_unreadable(&member, size, Unreadable::Size(size));
            continue;
        }
        if !gathering.unpacks(size) {
            return;
        }
        if unknown && !zip.read(number, gathering.limits.member).is_ok_and(|bytes| gathering.is_sniffed(&bytes)) {
            continue;
        }
        gathering.add_stored(&member, size, &store, number);
    }
}

impl Store for Zip {
    fn read(&self, number: usize, limit: u64) -> Result<Vec<u8>, ReadError> {
        let Place { way, method } = *self.places.get(number).ok_or(ReadError::Vanished)?;
        let size = way.uncompressed_size_hint();
        if size > limit {
            return Err(ReadError::TooBig { size, limit });
        }
        let broken = |problem: &rawzip::Error| failed(&format!("the member is damaged ({})", said(problem)));
        let entry = self.archive.get_entry(way).map_err(|problem| broken(&problem))?;
        let raw = BufReader::new(entry.reader());
        let unpacked: Box<dyn Read + '_> =
            if method == CompressionMethod::STORE { Box::new(raw) } else { Box::new(DeflateDecoder::new(raw)) };
        let mut bytes = Vec::new();
        // What it says of its size and its sum is checked as it is read.
        let read = entry.verifying_reader(unpacked).take(size.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|problem| failed(&format!("the member is damaged ({problem})")))?;
        if bytes.len() as u64 == size { Ok(bytes) } else { Err(failed("the member has another size than it says")) }
    }
}

/// What the library says, as part of a sentence.
fn said(problem: &rawzip::Error) -> String {
    let text = problem.to_string();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
