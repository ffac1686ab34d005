//! The command line of cfnward.

fn main() {}
