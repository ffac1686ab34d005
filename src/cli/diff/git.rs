//! The `git` command, asked so that nothing of the repository is run and nothing is fetched.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

use crate::cli::output::{RunError, error};

/// Settings under which git starts no program of the repository's choice and reaches no network.
const SETTINGS: [&str; 4] = ["core.fsmonitor=false", "protocol.allow=never", "core.hooksPath=/dev/null", "gc.auto=0"];

/// A folder in which git is asked.
pub(super) struct Git {
    folder: PathBuf,
    /// Settings of the user or the repository that would run programs on files, each with the value that turns it off.
    turned_off: Vec<(String, &'static str)>,
}

impl Git {
    /// Asks in that folder.
    pub(super) fn at(folder: &Path) -> Result<Self, RunError> {
        let mut git = Self { folder: folder.to_owned(), turned_off: Vec::new() };
        // Filters change what is committed; git would run them to see whether a file was changed.
        let filters = git.ask(&["config", "-z", "--name-only", "--get-regexp", r"^filter\."])?;
        let names = filters.stdout.split(|byte| *byte == 0).filter_map(|name| std::str::from_utf8(name).ok());
        for name in names.filter(|name| !name.is_empty()) {
            git.turned_off.push((name.to_owned(), if name.ends_with(".required") { "false" } else { "" }));
        }
        Ok(git)
    }

    /// The same in another folder.
    pub(super) fn moved(self, folder: &Path) -> Self {
        Self { folder: folder.to_owned(), ..self }
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        // Variables of an outer git, of a hook say, would lead it somewhere else.
        let inherited = std::env::vars_os().map(|(name, _)| name);
        for name in inherited.filter(|name| name.as_encoded_bytes().starts_with(b"GIT_")) {
            command.env_remove(name);
        }
        command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0").env("GIT_NO_LAZY_FETCH", "1");
        command.env("LC_ALL", "C");
        command.env("GIT_CONFIG_COUNT", self.turned_off.len().to_string());
        for (number, (name, value)) in self.turned_off.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{number}"), name).env(format!("GIT_CONFIG_VALUE_{number}"), value);
        }
        command.current_dir(&self.folder).arg("--no-pager");
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// What git answers, whether it succeeds or not.
    pub(super) fn ask<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Result<Output, RunError> {
        self.command().args(arguments).output().map_err(|problem| self.cannot_run(&problem))
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

    /// Why git refused, in words that say what to do.
    pub(super) fn refusal(&self, output: &Output) -> RunError {
        let said = String::from_utf8_lossy(&output.stderr);
        let folder = self.folder.display();
        if said.contains("dubious ownership") {
            return error(format!(
                "git does not read the repository at `{folder}`, because it belongs to another user; if you trust it: \
                 git config --global --add safe.directory '{folder}'"
            ));
        }
        if said.contains("not a git repository") {
            return error(format!("--diff needs a git repository, and `{folder}` is in none"));
        }
        if said.contains("must be run in a work tree") {
            return error(format!("--diff needs a working tree, and the repository at `{folder}` has none"));
        }
        let first = said.lines().next().unwrap_or("it does not say why");
        error(format!("git failed: {first}"))
    }

    fn cannot_run(&self, problem: &std::io::Error) -> RunError {
        if problem.kind() == ErrorKind::NotFound && self.folder.is_dir() {
            return error("--diff asks the `git` command, which is not installed or not on the PATH");
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

/// A git that is asked for one content after the other.
pub(super) struct Contents {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Contents {
    /// The content with that id; `None` when it has more than `limit` bytes.
    pub(super) fn get(&mut self, id: &str, limit: u64) -> Result<Option<Vec<u8>>, RunError> {
        if let Some(questions) = &mut self.questions {
            writeln!(questions, "{id}")?;
            questions.flush()?;
        }
        let mut header = String::new();
        self.answers.read_line(&mut header)?;
        let size = header.trim_end().rsplit_once(' ').and_then(|(_, size)| size.parse::<u64>().ok());
        let Some(size) = size else {
            return Err(error(format!(
                "git has not got the content {id} of the base: the clone is partial, and nothing is fetched here; fetch it \
                 with `git fetch --refetch --no-filter`"
            )));
        };
        let mut content = Vec::new();
        if size > limit {
            std::io::copy(&mut (&mut self.answers).take(size + 1), &mut std::io::sink())?;
            return Ok(None);
        }
        (&mut self.answers).take(size).read_to_end(&mut content)?;
        // A line break follows.
        let mut end = [0];
        self.answers.read_exact(&mut end)?;
        Ok(Some(content))
    }
}

impl Drop for Contents {
    fn drop(&mut self) {
        // Without questions git ends.
        self.questions = None;
        let _ = self.child.wait();
    }
}
