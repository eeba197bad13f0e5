//! What several tests of the program need.

use std::process::Command;

/// The one line with which the program fails.
#[track_caller]
pub(crate) fn refusal(mut command: Command) -> String {
    let output = command.output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    assert_eq!(error.lines().count(), 1, "{error}");
    error.trim_end().strip_prefix("stator: ").expect("the line says whose it is").to_owned()
}
