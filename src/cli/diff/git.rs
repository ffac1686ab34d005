//! The `git` command, asked so that nothing of the repository is run and nothing is fetched.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader, ErrorKind, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::path_of;
use crate::cli::output::{RunError, error};

/// Settings under which git starts no program of the repository's choice, reaches no network, opens no file outside of
/// the repository, and takes no folder for a repository that only looks like one.
const SETTINGS: [&str; 7] = [
    "core.fsmonitor=false",
    "protocol.allow=never",
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "safe.bareRepository=explicit",
    "gc.auto=0",
];
/// The variables that git gets, besides those that have nothing to do with it.
const VARIABLES: [(&str, &str); 6] = [
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_NO_LAZY_FETCH", "1"),
    // Unlike `protocol.allow`, no setting of the repository prevails over it; there is no protocol of that name.
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("LC_ALL", "C"),
];
/// The most bytes that git may answer at once: lists of files, some millions of them.
const MOST_ANSWERED: u64 = 512 * 1024 * 1024;
/// The most bytes of what git complains about.
const MOST_COMPLAINED: u64 = 64 * 1024;
/// How long git may take for an answer.
const PATIENCE: Duration = Duration::from_secs(300);

/// What git answered.
pub(super) struct Answer {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

/// A folder in which git is asked.
pub(super) struct Git {
    folder: PathBuf,
    /// Settings of the user or the repository that would run programs on files, each with the value that turns it off.
    turned_off: Vec<(OsString, &'static str)>,
    /// Whether the folder may be a repository without a working tree.
    bare: bool,
    /// What git is asked for, as messages name it.
    purpose: &'static str,
}

impl Git {
    /// Asks in the root of the working tree that a folder lies in.
    pub(super) fn at_root(folder: &Path, purpose: &'static str) -> Result<(Self, PathBuf), RunError> {
        let asked = Self { folder: folder.to_owned(), turned_off: Vec::new(), bare: false, purpose };
        let root = asked.root()?;
        // The root may belong to another repository than the folder: what counts is what git reads from here on.
        let mut git = Self { folder: root.clone(), ..asked };
        let again = git.root()?;
        if again != root {
            return Err(error(format!(
                "the repository at `{}` says that its working tree is `{}`, which says that it is `{}`",
                folder.display(),
                root.display(),
                again.display()
            )));
        }
        git.turn_off_filters()?;
        Ok((git, root))
    }

    /// Asks in a folder without links that is a repository without a working tree, if git says so too.
    pub(super) fn at_bare(folder: &Path) -> Result<Option<Self>, RunError> {
        let purpose = "scanning a bare repository";
        let git = Self { folder: folder.to_owned(), turned_off: Vec::new(), bare: true, purpose };
        let is_bare = git.ask(&["rev-parse", "--is-bare-repository", "--absolute-git-dir"])?;
        if !is_bare.status.success() {
            let refused = String::from_utf8_lossy(&is_bare.stderr).contains("not a git repository");
            return if refused { Ok(None) } else { Err(git.refusal(&is_bare)) };
        }
        // It may be a folder of another repository that only looks like one.
        let root = is_bare.stdout.strip_prefix(b"true\n").and_then(|rest| rest.strip_suffix(b"\n"));
        let root = root.and_then(|root| path_of(root).canonicalize().ok());
        Ok((root.as_deref() == Some(folder)).then_some(git))
    }

    fn root(&self) -> Result<PathBuf, RunError> {
        let root = self.read(&["rev-parse", "--show-toplevel"])?;
        let root = path_of(root.strip_suffix(b"\n").unwrap_or(&root));
        root.canonicalize().map_err(|problem| error(format!("cannot use `{}`: {problem}", root.display())))
    }

    /// Filters change what is committed; git would run them to see whether a file was changed.
    fn turn_off_filters(&mut self) -> Result<(), RunError> {
        let filters = self.ask(&["config", "-z", "--name-only", "--get-regexp", r"^filter\."])?;
        // There may be none.
        if !matches!(filters.status.code(), Some(0 | 1)) {
            return Err(self.refusal(&filters));
        }
        for name in filters.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
            let value = if name.ends_with(b".required") { "false" } else { "" };
            self.turned_off.push((path_of(name).into_os_string(), value));
        }
        Ok(())
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        // Variables of an outer git, of a hook say, would lead it somewhere else.
        let inherited = std::env::vars_os().map(|(name, _)| name);
        for name in inherited.filter(|name| name.as_encoded_bytes().starts_with(b"GIT_")) {
            command.env_remove(name);
        }
        command.envs(VARIABLES);
        command.env("GIT_CONFIG_COUNT", self.turned_off.len().to_string());
        for (number, (name, value)) in self.turned_off.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{number}"), name).env(format!("GIT_CONFIG_VALUE_{number}"), value);
        }
        command.current_dir(&self.folder).arg("--no-pager");
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        if self.bare {
            command.args(["-c", "safe.bareRepository=all"]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// What git answers, whether it succeeds or not.
    fn ask<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Result<Answer, RunError> {
        let mut child = self.command().args(arguments).spawn().map_err(|problem| self.cannot_run(&problem))?;
        let answer = answer_of(&mut child, PATIENCE);
        if answer.is_err() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
        answer
    }

    /// What git answers when it succeeds.
    pub(super) fn read<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Result<Vec<u8>, RunError> {
        let output = self.ask(arguments)?;
        if output.status.success() { Ok(output.stdout) } else { Err(self.refusal(&output)) }
    }

    /// The one line that git answers when it succeeds.
    pub(super) fn line<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Result<Option<Vec<u8>>, RunError> {
        let output = self.ask(arguments)?;
        let line = output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout);
        Ok((output.status.success() && !line.is_empty()).then(|| line.to_vec()))
    }

    /// The commit of that name, in full; `None` when there is none.
    pub(super) fn commit(&self, name: &str) -> Result<Option<String>, RunError> {
        let commit = self.line(&["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")])?;
        Ok(commit.map(|commit| String::from_utf8_lossy(&commit).into_owned()))
    }

    /// Why git refused, in words that say what to do.
    fn refusal(&self, output: &Answer) -> RunError {
        let said = String::from_utf8_lossy(&output.stderr);
        let folder = self.folder.display();
        if said.contains("dubious ownership") {
            return error(format!(
                "git does not read the repository at `{folder}`, because it belongs to another user; if you trust it: \
                 git config --global --add safe.directory '{folder}'"
            ));
        }
        if said.contains("not a git repository") {
            return error(format!("{} needs a git repository, and `{folder}` is in none", self.purpose));
        }
        if said.contains("must be run in a work tree") {
            return error(format!("{} needs a working tree, and the repository at `{folder}` has none", self.purpose));
        }
        let first = said.lines().next().unwrap_or("it does not say why");
        error(format!("git failed: {first}"))
    }

    fn cannot_run(&self, problem: &std::io::Error) -> RunError {
        if problem.kind() == ErrorKind::NotFound && self.folder.is_dir() {
            let purpose = self.purpose;
            return error(format!("{purpose} asks the `git` command, which is not installed or not on the PATH"));
        }
        error(format!("cannot run git: {problem}"))
    }

    /// Reads contents by their ids.
    pub(super) fn contents(&self) -> Result<Contents, RunError> {
        let mut command = self.command();
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|problem| self.cannot_run(&problem))?;
        let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(error("cannot talk to git"));
        };
        Ok(Contents { child, questions: Some(questions), answers: BufReader::new(answers) })
    }
}

/// What a git says until it ends, which may neither take for ever nor say more than can be kept.
fn answer_of(child: &mut Child, patience: Duration) -> Result<Answer, RunError> {
    let (Some(out), Some(complaints)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(error("cannot talk to git"));
    };
    let deadline = Instant::now() + patience;
    let stdout = read_aside(out, MOST_ANSWERED);
    let stderr = read_aside(complaints, MOST_COMPLAINED);
    let wait = |of: &Aside| match of.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(problem)) => Err(error(format!("cannot read what git answers: {problem}"))),
        Err(RecvTimeoutError::Timeout) => {
            Err(error(format!("git did not answer within {} seconds", patience.as_secs())))
        }
        Err(RecvTimeoutError::Disconnected) => Err(error("cannot read what git answers")),
    };
    let bytes = wait(&stdout)?;
    if bytes.len() as u64 > MOST_ANSWERED {
        return Err(error("git lists more files than can be compared"));
    }
    let complaints = wait(&stderr)?;
    // Who has closed both ends in an orderly way.
    let status = child.wait()?;
    Ok(Answer { status, stdout: bytes, stderr: complaints })
}

type Aside = std::sync::mpsc::Receiver<std::io::Result<Vec<u8>>>;

/// Reads at most that much and a byte on a thread of its own, so that the reading can be waited for as long as wanted.
fn read_aside(from: impl Read + Send + 'static, most: u64) -> Aside {
    let (sender, read) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let result = from.take(most + 1).read_to_end(&mut bytes).map(|_| bytes);
        // Nobody may be waiting any more.
        let _ = sender.send(result);
    });
    read
}

/// A git that is asked for one content after the other.
pub(super) struct Contents {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Contents {
    /// The content with that id; `None` when it has more than `limit` bytes.
    pub(super) fn get(&mut self, id: &str, limit: u64) -> Result<Option<Vec<u8>>, RunError> {
        // A git that went away is no reader that went away, which would be a clean end.
        let content = self.answer(id, limit).map_err(|problem| error(format!("git ended early: {problem}")))?;
        content.ok_or_else(|| {
            error(format!(
                "git has not got the content {id}: the clone is partial, and nothing is fetched here; fetch it \
                 with `git fetch --refetch --no-filter`"
            ))
        })
    }

    /// `None` when git has no such content; within that, as [`Contents::get`].
    fn answer(&mut self, id: &str, limit: u64) -> std::io::Result<Option<Option<Vec<u8>>>> {
        if let Some(questions) = &mut self.questions {
            writeln!(questions, "{id}")?;
            questions.flush()?;
        }
        let mut header = String::new();
        if (&mut self.answers).take(MOST_COMPLAINED).read_line(&mut header)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let size = header.trim_end().rsplit_once(' ').and_then(|(_, size)| size.parse::<u64>().ok());
        let Some(size) = size else { return Ok(None) };
        let mut content = Vec::new();
        if size > limit {
            let skipped = std::io::copy(&mut (&mut self.answers).take(size), &mut std::io::sink())?;
            self.end_of(size, skipped)?;
            return Ok(Some(None));
        }
        (&mut self.answers).take(size).read_to_end(&mut content)?;
        self.end_of(size, content.len() as u64)?;
        Ok(Some(Some(content)))
    }

    /// Reads the line break that follows a content, all of which must have come.
    fn end_of(&mut self, size: u64, read: u64) -> std::io::Result<()> {
        let mut end = [0];
        self.answers.read_exact(&mut end)?;
        if size == read { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
    }
}

impl Drop for Contents {
    fn drop(&mut self) {
        // Without questions git ends.
        self.questions = None;
        let _ = self.child.wait();
    }
}
