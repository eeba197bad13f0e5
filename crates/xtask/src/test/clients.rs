//! Real clients against the real server: install the libraries, start a server, run the program.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use testkit::process::Launch;

use super::Setup;
use super::report::{Tally, print_end};
use super::suites::{Client, Engine, Runtime, Summary};

/// Runs `client` against a fresh server on `engine`.
pub fn run(setup: &Setup, name: &str, client: &Client, engine: Engine) -> anyhow::Result<Tally> {
    let program = install(setup, client)?;
    let folder = setup.folder(name)?;
    let log = folder.join("server.log");
    let launch = match engine {
        Engine::Durable => Launch::durable(&setup.stator(), &folder.join("data"), &log),
        Engine::Memory => Launch::in_memory(&setup.stator(), &log),
    };
    let server = launch.start()?;
    let output = Command::new(program)
        .args(client.arguments)
        .current_dir(setup.root.join(client.folder))
        .envs(environment(&format!("http://{}", server.address())))
        .output()
        .with_context(|| name.to_owned())?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let ended_well = output.status.success();
    if !ended_well {
        print_end(&printed);
        print_end(&String::from_utf8_lossy(&output.stderr));
    }
    server.stop().context("closing the server")?;
    Ok(count(client.summary, &printed, ended_well).judged(ended_well))
}

/// What a client needs to find the server; nothing of the developer's own account.
fn environment(endpoint: &str) -> [(&'static str, &str); 5] {
    [
        ("STATOR_ENDPOINT", endpoint),
        ("AWS_ACCESS_KEY_ID", "any"),
        ("AWS_SECRET_ACCESS_KEY", "any"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ]
}

/// Installs the client's libraries into ignored folders; answers with the program to run.
fn install(setup: &Setup, client: &Client) -> anyhow::Result<PathBuf> {
    let folder = setup.root.join(client.folder);
    match client.runtime {
        Runtime::Python => {
            let environment = setup.scratch.join("python").join(client.folder.replace('/', "-"));
            let python = environment.join("bin").join("python");
            if !python.exists() {
                let arguments = ["-m".into(), "venv".into(), environment.into_os_string()];
                succeed(Command::new("python3").args(arguments))?;
            }
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
            let requirements: OsString = folder.join("requirements.txt").into();
            succeed(Command::new(&python).args(pip).arg(requirements))?;
            Ok(python)
        }
        Runtime::Node => {
            if !is_newer(&folder.join("node_modules/.package-lock.json"), &folder)? {
                let quiet = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
                succeed(Command::new("npm").args(quiet).current_dir(folder))?;
            }
            Ok("node".into())
        }
    }
}

/// Whether npm wrote `installed` after the folder's lock file last changed.
fn is_newer(installed: &Path, folder: &Path) -> anyhow::Result<bool> {
    let Ok(installed) = fs::metadata(installed) else { return Ok(false) };
    let lock = fs::metadata(folder.join("package-lock.json")).context("package-lock.json")?;
    Ok(installed.modified()? > lock.modified()?)
}

fn succeed(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let printed = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed: {printed}");
    Ok(())
}

fn count(summary: Summary, printed: &str, ended_well: bool) -> Tally {
    match summary {
        Summary::Pytest => count_pytest(printed),
        Summary::NodeTest => count_node_test(printed),
        Summary::ExitCode => Tally { passed: u64::from(ended_well), ..Tally::default() },
    }
}

/// Reads `1 failed, 3 passed, 2 skipped in 1.20s`.
fn count_pytest(printed: &str) -> Tally {
    let mut tally = Tally::default();
    let summary = printed.lines().rev().find(|line| line.contains(" in ")).unwrap_or_default();
    for part in summary.trim_matches(['=', ' ']).split(", ") {
        let mut words = part.split_whitespace();
        let number = words.next().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
        match words.next() {
            Some("passed" | "xfailed") => tally.passed += number,
            Some("failed" | "error" | "errors" | "xpassed") => tally.failed += number,
            Some("skipped" | "deselected") => tally.skipped += number,
            _ => {}
        }
    }
    tally
}

/// Reads `# pass 3`, `# fail 1` and the like.
fn count_node_test(printed: &str) -> Tally {
    let number = |name: &str| {
        let lines = printed.lines().filter_map(|line| line.strip_prefix("# "));
        let mut values = lines.filter_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        values.next_back().unwrap_or(0)
    };
    Tally {
        passed: number("pass "),
        failed: number("fail ") + number("cancelled "),
        skipped: number("skipped ") + number("todo "),
        note: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{count_node_test, count_pytest};

    #[test]
    fn pytest_counts_are_read_from_its_last_line() {
        let tally = count_pytest("...\n1 failed, 118 passed, 2 skipped, 1 error in 3.40s\n");
        assert_eq!((tally.passed, tally.failed, tally.skipped), (118, 2, 2));
    }

    #[test]
    fn node_counts_are_read_from_its_summary() {
        let tap = "# Subtest: a\nok 1\n# tests 54\n# pass 50\n# fail 2\n# cancelled 1\n# skipped 1\n# todo 0\n";
        let tally = count_node_test(tap);
        assert_eq!((tally.passed, tally.failed, tally.skipped), (50, 3, 1));
    }
}
