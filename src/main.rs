//! The gristmill program: parses, calls the command line, maps to an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    gristmill::cli::main()
}
