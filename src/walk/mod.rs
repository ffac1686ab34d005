//! Finds candidate files, names them and reads their bytes.
//!
//! [`Walk`] goes through files and folders on several threads and hands each candidate to the caller; [`read()`] brings
//! its bytes in, [`decode()`] makes them text, [`Naming`] decides how people and SARIF see the path.
//!
//! What is walked:
//! - a file that is named is always handed over, whatever it is called and whatever ignores it;
//! - below a folder, `.gitignore`, `.ignore` and `.cfnwardignore` are honoured, inside git repositories and outside;
//! - hidden files and folders (`.github` and `.aws-sam` too) are left out unless they are named, an ignore file takes
//!   them back in (`!.github`) or [`Walk::hidden`] is set; version control, caches and foreign packages are never entered;
//! - links below a folder are not followed: what they point to is found where it really is, or lies outside what was
//!   asked for. A link that is itself named is followed;
//! - an archive that is named stands for its members ([`Walk::members`]), which are candidates by the same rules, but that
//!   ignore files among them do not count. Archives below a folder, and in archives, are left alone;
//! - files that something else has, such as a commit, are candidates by these rules too ([`Walk::listed`]).
//!
//! Invariants: what is found depends on the tree alone, never on the user's own git configuration; a file is handed over
//! once, however many of the named paths lead to it; nothing here blocks on a pipe or a device; one odd file costs
//! itself, never the run. The order of what is handed over is that of the threads: who wants an order sorts by name.
//!
//! Deliberately absent: parsing, and deciding what is a template (the caller brings [`Walk::sniff`]); standard input.
//! Only `cli` uses this room, which belongs to the shell and is built with the feature `cli` alone.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this room belongs to the shell: it touches the file system for all others"
)]

mod archive;
mod candidate;
mod decode;
mod ignoring;
mod listed;
mod naming;
mod read;
mod walker;

pub use archive::{ArchiveLimits, ArchiveTrouble, Members, is_archive};
pub use candidate::may_be_template;
pub use decode::{DecodeError, Encoding, decode};
pub use naming::Naming;
pub use read::{ReadError, open_plain, read};
pub use walker::{Event, Found, Sniff, Store, Trouble, Walk, WalkError};
