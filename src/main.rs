//! The command line of cfnward.

fn main() -> std::process::ExitCode {
    cfnward::cli::run()
}
