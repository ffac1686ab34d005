//! The command line: flags to settings, run, render, exit code.
//!
//! The outermost room: it alone reads arguments, starts threads, prints and decides exit codes. Flags become dumb data
//! (`arguments`), then each command does its work and says how it ended ([`Ending`]).
//!
//! Deliberately absent: anything that another surface (an editor, a library user) would want too. Used by `main`, and by
//! what feeds the cache with hostile bytes.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this room belongs to the shell: it reads rule files and writes reports"
)]

mod abilities;
mod arguments;
mod baseline;
mod cache;
mod config;
mod configuration;
mod deployment;
mod diff;
mod ending;
mod explain;
mod gap_analysis;
mod graph;
mod inspect;
mod kept;
mod list;
mod manual;
mod output;
mod rule_files;
mod scan;
mod suppression;
mod surroundings;
mod target;
mod test;
mod test_files;
mod trace;
mod watch;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};
pub use cache::{Answered, Cache};
pub use ending::Ending;

/// Runs the program with the arguments of this process.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are asked for, not errors.
            let ending = if error.use_stderr() { Ending::Usage } else { Ending::Clean };
            return match error.print() {
                Err(problem) if ending == Ending::Clean && !output::is_closed_pipe(&problem) => {
                    output::say_error(&problem);
                    Ending::Usage.code()
                }
                _ => ending.code(),
            };
        }
    };
    let ended = match &arguments.command {
        Command::Scan(scan) if scan.terminal.watch => watch::run(scan),
        Command::Scan(scan) => scan::run(scan),
        Command::Baseline(baseline) => baseline::run(baseline),
        Command::GapAnalysis(analysis) => gap_analysis::run(analysis),
        Command::Test(test) => test::run(test),
        Command::Rules(rules) => list::run(rules),
        Command::Explain(explain) => explain::run(explain),
        Command::Inspect(inspect) => inspect::run(inspect),
        Command::Graph(graph) => graph::run(graph),
        Command::Config(config) => config::run(config),
        Command::Completions(completions) => manual::completions(completions),
        Command::Man(man) => manual::man(man),
    };
    match ended {
        Ok(ending) => ending.code(),
        Err(error) if output::is_closed_pipe(&error) => Ending::Clean.code(),
        Err(error) => {
            output::say_error(&error);
            Ending::Usage.code()
        }
    }
}
