//! A folder, the commands that run in it, and the servers that look into it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};
use testkit::process::Launch;

const STATOR: &str = env!("CARGO_BIN_EXE_stator");

/// A folder of its own for each test, empty at its beginning. Commands run in it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("transfer").join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(STATOR);
        command.args(arguments).current_dir(&self.0).stdin(Stdio::null());
        command.output().unwrap()
    }

    /// Runs a command that succeeds; answers with what it says.
    #[track_caller]
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        said
    }

    /// Runs a command that fails; answers with its one line.
    #[track_caller]
    pub(crate) fn refusal(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        said.trim_end().strip_prefix("stator: ").unwrap().to_owned()
    }

    /// A server of a data directory.
    pub(crate) fn server(&self, data: &str) -> Launch {
        Launch::durable(Path::new(STATOR), &self.path(data), &self.path("log"))
    }

    /// Sends requests to a server of the data directory `data`; answers with the answers.
    pub(crate) async fn served(&self, data: &str, requests: &[(&str, Value)]) -> Vec<Value> {
        let server = self.server(data).start().unwrap();
        let mut connection = server.connect().await.unwrap();
        let mut answers = Vec::new();
        for (operation, request) in requests {
            answers.push(connection.expect(operation, request).await.unwrap());
        }
        drop(connection);
        server.stop().unwrap();
        answers
    }

    /// Starts a command that reads what the test writes.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(STATOR);
        command.args(arguments).current_dir(&self.0);
        command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The names of the tables in a data directory.
    pub(crate) async fn tables(&self, data: &str) -> Value {
        let answers = self.served(data, &[("ListTables", json!({}))]).await;
        answers[0]["TableNames"].clone()
    }

    /// The names of everything in the folder, but for the log.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name != "log").collect();
        names.sort();
        names
    }
}
