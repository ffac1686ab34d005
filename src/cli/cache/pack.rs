//! One file with the answers of many runs: their bytes one after the other, then a table of them, then where that is.
//!
//! It is made under another name and gets its own when it is whole. What is read is checked: the table when the pack is
//! opened, each answer when it is asked for. A pack that is cut off, damaged or something else altogether is no pack.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::cli::output::neighbour;
use crate::walk;

use super::key::Key;

/// What a pack begins and ends with. The NUL shows everybody else that it is no text; the digit is the format's version.
const MAGIC: [u8; 16] = *b"cfnward\0cache 1\n";
/// The bytes of a row of the table.
const ROW: usize = 64;
/// The bytes behind the table.
const END: usize = 64;
/// The most answers of one pack.
const MOST_ANSWERS: usize = 250_000;
/// The most bytes of one answer. Larger ones are worked out each time.
pub(super) const MOST_BYTES: usize = 4 * 1024 * 1024;
/// The most bytes of one pack.
pub(super) const MOST_IN_ALL: u64 = 256 * 1024 * 1024;

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) key: Key,
    /// The beginning of a SHA-256 of the key and the bytes.
    check: [u8; 16],
    start: u64,
    length: u32,
    /// The day on which it was last used, counted from 1970.
    pub(super) day: u32,
}

impl Row {
    /// The same, used on that day.
    pub(super) fn used_on(self, day: u32) -> Self {
        Self { day, ..self }
    }

    fn end(&self) -> u64 {
        self.start.saturating_add(u64::from(self.length))
    }

    fn written(&self) -> [u8; ROW] {
        let mut bytes = [0; ROW];
        let parts: [&[u8]; 5] =
            [&self.key, &self.check, &self.start.to_le_bytes(), &self.length.to_le_bytes(), &self.day.to_le_bytes()];
        for (to, from) in bytes.iter_mut().zip(parts.into_iter().flatten()) {
            *to = *from;
        }
        bytes
    }

    fn read(bytes: &[u8; ROW]) -> Option<Self> {
        let (key, rest) = bytes.split_first_chunk()?;
        let (check, rest) = rest.split_first_chunk()?;
        let (start, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (day, _) = rest.split_first_chunk()?;
        Some(Self {
            key: *key,
            check: *check,
            start: u64::from_le_bytes(*start),
            length: u32::from_le_bytes(*length),
            day: u32::from_le_bytes(*day),
        })
    }
}

/// A pack that can be asked.
#[derive(Debug)]
pub(super) struct Pack {
    file: File,
    /// Sorted by key, each key once.
    rows: Vec<Row>,
}

impl Pack {
    /// Opens a pack; `None` for what is none, whole and sound. Links are not followed.
    pub(super) fn open(path: &Path) -> Option<Self> {
        let (file, size) = walk::open_plain(path).ok()?;
        let mut end = [0; END];
        let table_end = size.checked_sub(END as u64)?;
        read_at(&file, &mut end, table_end).ok()?;
        let (start, rest) = end.split_first_chunk()?;
        let (count, rest) = rest.split_first_chunk()?;
        let (check, magic) = rest.split_first_chunk::<32>()?;
        let (start, count) = (u64::from_le_bytes(*start), usize::try_from(u64::from_le_bytes(*count)).ok()?);
        let fits = magic == MAGIC && count <= MOST_ANSWERS && start >= MAGIC.len() as u64;
        if !fits || start.checked_add((count * ROW) as u64) != Some(table_end) {
            return None;
        }
        let mut table = vec![0; count * ROW];
        read_at(&file, &mut table, start).ok()?;
        if *check != check_of_table(&table, start) {
            return None;
        }
        let (bytes, _) = table.as_chunks::<ROW>();
        let rows: Vec<Row> = bytes.iter().filter_map(Row::read).collect();
        let sound = rows.is_sorted_by(|one, next| one.key < next.key)
            && rows.iter().all(|row| row.start >= MAGIC.len() as u64 && row.end() <= start)
            && rows.iter().all(|row| row.length as usize <= MOST_BYTES);
        sound.then_some(Self { file, rows })
    }

    /// The rows, sorted by key.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The number of the row of a key.
    pub(super) fn find(&self, key: &Key) -> Option<usize> {
        self.rows.binary_search_by(|row| row.key.cmp(key)).ok()
    }

    /// The bytes of a row, if they are those that were kept.
    pub(super) fn bytes(&self, row: usize) -> Option<Vec<u8>> {
        let row = self.rows.get(row)?;
        let mut bytes = vec![0; row.length as usize];
        read_at(&self.file, &mut bytes, row.start).ok()?;
        (check_of(&row.key, &bytes) == row.check).then_some(bytes)
    }
}

/// A pack that is being written. It is gone when it is dropped before it is finished.
pub(super) struct Writing {
    path: PathBuf,
    out: BufWriter<File>,
    at: u64,
    rows: Vec<Row>,
}

impl Writing {
    /// Begins one in a folder.
    pub(super) fn begin(folder: &Path) -> io::Result<Self> {
        let (path, file) = neighbour(&folder.join("pack"))?;
        let mut writing = Self { path, out: BufWriter::new(file), at: 0, rows: Vec::new() };
        writing.write(&MAGIC)?;
        Ok(writing)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Whether there is room for so many answers of so many bytes in all.
    pub(super) fn has_room(&self, answers: usize, bytes: u64) -> bool {
        self.rows.len() + answers <= MOST_ANSWERS && self.at.saturating_add(bytes) <= MOST_IN_ALL
    }

    /// Whether it has an answer for a key.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.rows.iter().map(|row| &row.key)
    }

    /// Adds an answer. What is too large, or has no room any more, is left out.
    pub(super) fn add(&mut self, key: &Key, bytes: &[u8], day: u32) -> io::Result<()> {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        if bytes.len() > MOST_BYTES || !self.has_room(1, u64::from(length)) {
            return Ok(());
        }
        self.rows.push(Row { key: *key, check: check_of(key, bytes), start: self.at, length, day });
        self.write(bytes)
    }

    /// Takes over rows of another pack as they are, as far as there is room.
    pub(super) fn take_over(&mut self, pack: &Pack, mut rows: Vec<Row>) -> io::Result<()> {
        // What was used last is kept first.
        rows.sort_by_key(|row| std::cmp::Reverse(row.day));
        let mut bytes = 0;
        let fit = rows.iter().enumerate().take_while(|(number, row)| {
            bytes += u64::from(row.length);
            self.has_room(number + 1, bytes)
        });
        let fit = fit.count();
        rows.truncate(fit);
        rows.sort_by_key(|row| row.start);
        let mut rows = rows.into_iter().peekable();
        while let Some(first) = rows.next() {
            // What stands together is copied together.
            let (from, to) = (first.start, self.at);
            let mut end = first.end();
            let moved = |row: Row| Row { start: row.start - from + to, ..row };
            self.rows.push(moved(first));
            while let Some(next) = rows.next_if(|next| next.start == end) {
                end = next.end();
                self.rows.push(moved(next));
            }
            self.copy(pack, from, end)?;
        }
        Ok(())
    }

    fn copy(&mut self, pack: &Pack, from: u64, end: u64) -> io::Result<()> {
        let mut buffer = vec![0; 256 * 1024];
        let mut at = from;
        while at < end {
            let length = usize::try_from(end - at).unwrap_or(usize::MAX).min(buffer.len());
            let part = buffer.get_mut(..length).unwrap_or_default();
            read_at(&pack.file, part, at)?;
            self.write(part)?;
            at += length as u64;
        }
        Ok(())
    }

    /// Writes the table and gives the pack its name.
    pub(super) fn finish(mut self, path: &Path) -> io::Result<()> {
        let mut rows = std::mem::take(&mut self.rows);
        // Two threads may have worked out the same.
        rows.sort_by_key(|row| row.key);
        rows.dedup_by_key(|row| row.key);
        let table: Vec<u8> = rows.iter().flat_map(Row::written).collect();
        let start = self.at;
        let check = check_of_table(&table, start);
        self.write(&table)?;
        self.write(&start.to_le_bytes())?;
        self.write(&(rows.len() as u64).to_le_bytes())?;
        self.write(&check)?;
        self.write(&MAGIC)?;
        self.out.flush()?;
        std::fs::rename(&self.path, path)
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        // It has its name already, or nobody needs it.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn check_of(key: &Key, bytes: &[u8]) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::new().chain_update(key).chain_update(bytes).finalize().into();
    let mut check = [0; 16];
    for (to, from) in check.iter_mut().zip(digest) {
        *to = from;
    }
    check
}

fn check_of_table(table: &[u8], start: u64) -> [u8; 32] {
    Sha256::new().chain_update(start.to_le_bytes()).chain_update(table).finalize().into()
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_read(file, bytes, at)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes = bytes.get_mut(count..).unwrap_or_default();
        at += count as u64;
    }
    Ok(())
}
