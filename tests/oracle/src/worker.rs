//! The child process, in which AWS's engines may abort, and the parent that starts it again behind the case that did.
//!
//! The child says on its standard output which step it begins, one line each, and between them what it found. When it
//! dies, the last step is the one to blame.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{channel, RecvTimeoutError};
use std::time::{Duration, Instant};

use serde_json::{json, Value as Json};

/// How long a child may be silent.
const PATIENCE: Duration = Duration::from_secs(120);

/// How a child ended.
#[derive(Debug)]
pub enum End {
    /// It did all.
    Done,
    /// It died or hung in this step, the last that it began.
    Died(u64, u64),
    /// The parent had seen enough.
    Stopped,
}

/// Says a line to the parent.
pub fn tell(line: &Json) {
    let mut out = std::io::stdout().lock();
    // A parent that is gone needs no telling.
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        std::process::exit(1);
    }
}

/// Says which step comes next.
pub fn begin(major: u64, minor: u64) {
    tell(&json!({"begin": [major, minor]}));
}

/// Runs this program again with these arguments and hands over what it says, until `until` or until `each` is false.
///
/// # Errors
/// The child cannot be started.
pub fn run(
    arguments: &[String],
    until: Option<Instant>,
    mut each: impl FnMut(&Json) -> bool,
) -> Result<End, std::io::Error> {
    let program = std::env::current_exe()?;
    let mut child = Command::new(program).args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let Some(output) = child.stdout.take() else { return Ok(End::Done) };
    let (send, receive) = channel();
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                break;
            }
        }
    });
    let mut last = (0, 0);
    let end = loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            break End::Stopped;
        }
        match receive.recv_timeout(left.map_or(PATIENCE, |left| left.min(PATIENCE))) {
            Ok(line) => {
                let Ok(line) = serde_json::from_str::<Json>(&line) else { continue };
                if let Some(begin) = line["begin"].as_array() {
                    last = (begin[0].as_u64().unwrap_or(0), begin[1].as_u64().unwrap_or(0));
                } else if !each(&line) {
                    break End::Stopped;
                }
            }
            Err(RecvTimeoutError::Timeout) if left.is_some_and(|left| left < PATIENCE) => break End::Stopped,
            Err(RecvTimeoutError::Timeout) => break End::Died(last.0, last.1),
            Err(RecvTimeoutError::Disconnected) => {
                break if child.wait()?.success() { End::Done } else { End::Died(last.0, last.1) };
            }
        }
    };
    stop(&mut child);
    drop(receive);
    // The reader ends with the child's output.
    let _ = reader.join();
    Ok(end)
}

fn stop(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}
