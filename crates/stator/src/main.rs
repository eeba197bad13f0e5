//! The `stator` program: a thin shell over the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    stator::cli::main()
}
