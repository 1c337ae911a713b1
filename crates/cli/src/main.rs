//! See the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    meanfield_cli::main()
}
