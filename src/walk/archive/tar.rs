//! Tar archives, plain or gzipped: one member after the other, with no directory.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use tar::{Archive, Entry};

use super::gather::{Gathering, Member, Unreadable};
use crate::walk::candidate::Likelihood;

/// The most bytes that may stand before a member: its names, times and owners in their several forms.
const MOST_HEADERS: u64 = 1024 * 1024;

/// Gathers the candidates of a gzipped archive.
pub(super) fn gather_gzip(gathering: &mut Gathering<'_>, file: File) {
    gather_from(gathering, MultiGzDecoder::new(BufReader::new(file)));
}

/// Gathers the candidates of a plain archive.
pub(super) fn gather(gathering: &mut Gathering<'_>, file: File) {
    gather_from(gathering, BufReader::new(file));
}

/// What is read of an archive, and how much may be.
#[derive(Default)]
struct Meter {
    /// What may be read before the next member must have begun.
    allowance: Cell<u64>,
    read: Cell<u64>,
    /// Whether there was nothing more to read.
    ended: Cell<bool>,
    /// Whether more was wanted than is allowed.
    refused: Cell<bool>,
}

struct Metered<R> {
    inner: R,
    meter: Rc<Meter>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let allowed = usize::try_from(self.meter.allowance.get()).unwrap_or(usize::MAX).min(buffer.len());
        if allowed == 0 && !buffer.is_empty() {
            self.meter.refused.set(true);
            return Err(io::Error::other("more is said of a member than can be kept"));
        }
        let Some(part) = buffer.get_mut(..allowed) else { return Ok(0) };
        let read = self.inner.read(part)?;
        self.meter.allowance.set(self.meter.allowance.get().saturating_sub(read as u64));
        self.meter.read.set(self.meter.read.get().saturating_add(read as u64));
        self.meter.ended.set(read == 0 && !part.is_empty());
        Ok(read)
    }
}

fn gather_from(gathering: &mut Gathering<'_>, reader: impl Read) {
    let meter = Rc::new(Meter::default());
    let mut archive = Archive::new(Metered { inner: reader, meter: Rc::clone(&meter) });
    let mut links: Vec<(Member, Option<Member>)> = Vec::new();
    let damaged =
        |problem: &io::Error| format!("it is damaged or cut short ({problem}); what comes after was not judged");
    let mut entries = match archive.entries() {
        Ok(entries) => entries,
        Err(problem) => return gathering.incomplete(damaged(&problem)),
    };
    meter.allowance.set(MOST_HEADERS);
    let mut whole = false;
    loop {
        // What was read since is counted before more is.
        if !gathering.unpacks(meter.read.take()) {
            break;
        }
        let mut entry = match entries.next() {
            Some(Ok(entry)) => entry,
            Some(Err(problem)) => {
                gathering.incomplete(damaged(&problem));
                break;
            }
            None => {
                whole = !meter.ended.get();
                if !whole {
                    gathering.incomplete("it is cut short: the mark at its end is missing".to_owned());
                }
                break;
            }
        };
        if !gathering.counts() {
            break;
        }
        let kind = entry.header().entry_type();
        let size = if kind.is_gnu_sparse() { entry.header().entry_size().unwrap_or(0) } else { entry.size() };
        if let Some(reason) = gathering.too_much(size) {
            gathering.incomplete(reason);
            break;
        }
        // What nobody reads of the member is skipped with the headers of the next one.
        meter.allowance.set(size.saturating_add(MOST_HEADERS));
        if !take(gathering, &mut entry, &mut links) {
            break;
        }
    }
    if whole {
        // The sum of a gzipped file stands at its end.
        meter.allowance.set(MOST_HEADERS);
        if let Err(problem) = io::copy(&mut archive.into_inner(), &mut io::sink())
            && !meter.refused.get()
        {
            gathering.incomplete(damaged(&problem));
        }
    }
    judge_links(gathering, &links);
}

/// Takes one member; `false` when no more can be.
fn take<R: Read>(
    gathering: &mut Gathering<'_>,
    entry: &mut Entry<'_, R>,
    links: &mut Vec<(Member, Option<Member>)>,
) -> bool {
    let name = entry.path_bytes().into_owned();
    let kind = entry.header().entry_type();
    let Some(member) = gathering.member(&name).filter(|_| !name.ends_with(b"/")) else { return true };
    if kind.is_hard_link() {
        let target = entry.link_name_bytes().and_then(|target| gathering.member(&target));
        links.push((member, target));
        return true;
    }
    if !(kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()) {
        return true;
    }
    let size = entry.size();
    if Gathering::is_passed_over(&member, size) {
        return true;
    }
    if size > gathering.limits.member {
        gathering.add_unreadable(&member, size, Unreadable::Size(size));
        return true;
    }
    let mut bytes = Vec::new();
    let read = entry.take(size).read_to_end(&mut bytes);
    if read.is_err() || bytes.len() as u64 != size {
        gathering.add_unreadable(
            &member,
            size,
            Unreadable::Because("the archive is damaged or cut short here".to_owned()),
        );
        gathering.incomplete("it is damaged or cut short; what comes after was not judged".to_owned());
        return false;
    }
    if member.likelihood == Likelihood::Unknown && !gathering.is_sniffed(&bytes) {
        return true;
    }
    gathering.add(&member, bytes)
}

/// A hard link is another name of a member, which is judged under its own; if it is not, that is said.
fn judge_links(gathering: &mut Gathering<'_>, links: &[(Member, Option<Member>)]) {
    for (member, target) in links.iter().filter(|(member, _)| member.likelihood == Likelihood::Usual) {
        if !target.as_ref().is_some_and(|target| gathering.has(target)) {
            let reason = "it is a link to another member, which is not judged".to_owned();
            gathering.add_unreadable(member, 0, Unreadable::Because(reason));
        }
    }
}
