//! The program as a user meets it: what keeps it from starting, how it stops, what it keeps.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use testkit::process::{Launch, Server};

use support::refusal;

const STATOR: &str = env!("CARGO_BIN_EXE_stator");

/// A folder of its own for each test, empty at its beginning.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A server with its data in `data` under this folder.
    fn durable(&self) -> Launch {
        Launch::durable(Path::new(STATOR), &self.path("data"), &self.path("log"))
    }

    /// Creates a data directory and its key, and leaves both behind.
    fn with_data(self) -> Self {
        self.durable().start().unwrap().stop().unwrap();
        self
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap()
    }
}

fn serve<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(STATOR);
    command.arg("serve").args(["--listen", "127.0.0.1:0"]).args(arguments);
    command
}

fn serve_in(data_dir: &Path) -> Command {
    serve([OsStr::new("--data-dir"), data_dir.as_os_str()])
}

fn keys_rotate(data_dir: &Path) -> Command {
    let mut command = Command::new(STATOR);
    command.args(["keys", "rotate", "--data-dir"]).arg(data_dir);
    command
}

/// What a rotation that works says.
#[track_caller]
fn rotate(data_dir: &Path) -> String {
    let output = keys_rotate(data_dir).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let mut command = Command::new(STATOR);
    command.args(["serve", "--in-memory", "--listen", &address.to_string()]);
    assert_eq!(
        refusal(command),
        format!("cannot listen on {address}: the port is in use; choose another with --listen")
    );
}

#[test]
fn a_data_directory_that_cannot_be_made_is_named() {
    let folder = Folder::new("unwritable");
    fs::write(folder.path("file"), "").unwrap();
    let data = folder.path("file").join("data");
    let line = refusal(serve_in(&data));
    assert!(
        line.starts_with(&format!("cannot use {} as data directory", data.display())),
        "{line}"
    );
}

#[test]
fn a_foreign_directory_is_left_alone() {
    let folder = Folder::new("foreign");
    let data = folder.path("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("letter.txt"), "dear").unwrap();
    let line = refusal(serve_in(&data));
    assert!(line.contains("neither empty nor a Stator data directory"), "{line}");
    assert_eq!(fs::read_dir(&data).unwrap().count(), 1);
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "no key was made");
}

#[tokio::test]
async fn a_directory_in_use_is_refused_and_its_owner_goes_on() {
    let folder = Folder::new("in-use");
    let owner = folder.durable().start().unwrap();
    let line = refusal(serve_in(&folder.path("data")));
    assert!(line.contains("in use by another process"), "{line}");
    assert_eq!(table_names(&owner).await, json!([]));
    owner.stop().unwrap();
}

#[tokio::test]
async fn a_wrong_key_is_refused() {
    let folder = Folder::new("wrong-key").with_data();
    fs::write(folder.path("data.key"), "0".repeat(64)).unwrap();
    let line = refusal(serve_in(&folder.path("data")));
    assert!(line.starts_with("the key does not open"), "{line}");
}

#[tokio::test]
async fn a_missing_key_is_never_replaced() {
    let folder = Folder::new("missing-key").with_data();
    let key_file = folder.path("data.key");
    fs::rename(&key_file, folder.path("elsewhere")).unwrap();
    let line = refusal(serve_in(&folder.path("data")));
    assert!(line.starts_with(&format!("the key file {} is missing", key_file.display())), "{line}");
    assert!(!key_file.exists());

    fs::rename(folder.path("elsewhere"), &key_file).unwrap();
    folder.durable().start().unwrap().stop().unwrap();
}

#[tokio::test]
async fn rotated_keys_open_everything_and_the_old_one_nothing() {
    let folder = Folder::new("rotate").with_data();
    let key_file = folder.path("data.key");
    let old = fs::read(&key_file).unwrap();
    let said = rotate(&folder.path("data"));
    for part in ["under a new key", "data.key\n", "data.key.old\n"] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(fs::read(folder.path("data.key.old")).unwrap(), old);
    let server = folder.durable().start().unwrap();
    assert_eq!(table_names(&server).await, json!([]));
    server.stop().unwrap();

    rotate(&folder.path("data"));
    assert!(folder.path("data.key.old-2").exists());
    fs::write(&key_file, old).unwrap();
    assert!(refusal(serve_in(&folder.path("data"))).starts_with("the key does not open"));
}

#[tokio::test]
async fn a_rotation_cut_off_between_marker_and_key_file_is_finished_by_either_command() {
    for finisher in ["serve", "rotate"] {
        let folder = Folder::new(&format!("rotate-cut-{finisher}")).with_data();
        let [key_file, waiting, kept] =
            ["data.key", "data.key.new", "data.key.old"].map(|name| folder.path(name));
        let old = fs::read(&key_file).unwrap();
        rotate(&folder.path("data"));
        let new = fs::read(&key_file).unwrap();
        // As a cut just behind the marker leaves it.
        fs::rename(&key_file, &waiting).unwrap();
        fs::rename(&kept, &key_file).unwrap();
        if finisher == "serve" {
            folder.durable().start().unwrap().stop().unwrap();
        } else {
            assert!(rotate(&folder.path("data")).contains("had been cut off is finished"));
        }
        assert_eq!(fs::read(&key_file).unwrap(), new);
        assert_eq!(fs::read(&kept).unwrap(), old);
        assert!(!waiting.exists());
        folder.durable().start().unwrap().stop().unwrap();
    }
}

#[test]
fn a_rotation_cut_off_before_the_marker_leaves_nothing_behind() {
    let folder = Folder::new("rotate-cut-early").with_data();
    let names = |dir: &Path| -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let (beside, within) = (names(&folder.0), names(&folder.path("data")));
    fs::write(folder.path("data.key.new"), "9".repeat(64)).unwrap();
    fs::create_dir(folder.path("data/engine-2")).unwrap();
    fs::write(folder.path("data/engine-2/0000000001.table"), "rows").unwrap();
    fs::write(folder.path("data/stator-format.new"), "STATO").unwrap();
    folder.durable().start().unwrap().stop().unwrap();
    assert_eq!((names(&folder.0), names(&folder.path("data"))), (beside, within));
}

#[test]
fn what_others_can_read_is_warned_of_and_refused_on_demand() {
    let folder = Folder::new("permissions").with_data();
    assert!(!folder.log().contains("WARN"), "{}", folder.log());
    for (name, private, open) in [("data.key", 0o600, 0o640), ("data", 0o700, 0o755)] {
        let path = folder.path(name);
        fs::set_permissions(&path, Permissions::from_mode(open)).unwrap();
        folder.durable().start().unwrap().stop().unwrap();
        let line = format!("{} can be read by others than its owner", path.display());
        assert!(folder.log().contains(&line), "{}", folder.log());
        let mut strict = serve_in(&folder.path("data"));
        strict.arg("--strict-permissions");
        assert!(refusal(strict).starts_with(&line));
        fs::set_permissions(&path, Permissions::from_mode(private)).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_core_is_dumped_and_keys_are_not_swapped_out() {
    let folder = Folder::new("memory-of-keys");
    let server = folder.durable().start().unwrap();
    let of_process =
        |name: &str| fs::read_to_string(format!("/proc/{}/{name}", server.id())).unwrap();
    let limits = of_process("limits");
    let limit = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(limit.split_whitespace().filter(|word| *word == "0").count(), 2, "{limit}");
    let status = of_process("status");
    let locked = status.lines().find_map(|line| line.strip_prefix("VmLck:")).unwrap();
    assert_ne!(locked.trim(), "0 kB");
    server.stop().unwrap();
}

#[tokio::test]
async fn an_older_copy_of_the_data_is_warned_of_once() {
    let folder = Folder::new("older").with_data();
    let (data, older) = (folder.path("data"), folder.path("older"));
    let copied = Command::new("cp").arg("-a").args([&data, &older]).status().unwrap();
    assert!(copied.success());
    let server = folder.durable().start().unwrap();
    create_table(&server).await;
    server.stop().unwrap();
    assert!(!folder.log().contains("WARN"), "{}", folder.log());

    fs::remove_dir_all(&data).unwrap();
    fs::rename(&older, &data).unwrap();
    let warnings = || folder.log().matches("older than what this machine has seen").count();
    // Each start has a log of its own.
    for expected in [1, 0] {
        let server = folder.durable().start().unwrap();
        assert_eq!(table_names(&server).await, json!([]));
        server.stop().unwrap();
        assert_eq!(warnings(), expected, "{}", folder.log());
    }
}

#[tokio::test]
async fn keys_are_not_rotated_under_a_server_or_without_data() {
    let folder = Folder::new("rotate-refused");
    let server = folder.durable().start().unwrap();
    let line = refusal(keys_rotate(&folder.path("data")));
    assert!(line.contains("in use by another process; stop that one"), "{line}");
    assert!(!folder.path("data.key.new").exists());
    server.stop().unwrap();

    let elsewhere = folder.path("elsewhere");
    let line = refusal(keys_rotate(&elsewhere));
    assert!(line.starts_with("there is no data in"), "{line}");
    assert!(!elsewhere.exists() && !folder.path("elsewhere.key").exists());
}

#[test]
fn a_named_key_file_must_exist() {
    let folder = Folder::new("named-key");
    let key_file = folder.path("my.key");
    let mut command = serve_in(&folder.path("data"));
    command.arg("--key-file").arg(&key_file);
    let line = refusal(command);
    assert!(line.starts_with(&format!("the key file {} is missing", key_file.display())), "{line}");
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0);
}

#[test]
fn a_key_file_with_something_else_in_it_is_refused() {
    let folder = Folder::new("malformed-key");
    let key_file = folder.path("my.key");
    fs::write(&key_file, "not a key\n").unwrap();
    let mut command = serve_in(&folder.path("data"));
    command.arg("--key-file").arg(&key_file);
    let line = refusal(command);
    assert!(line.contains("must hold 64 hexadecimal digits"), "{line}");
}

#[tokio::test]
async fn an_unknown_version_is_refused() {
    let folder = Folder::new("unknown-version").with_data();
    let marker = folder.path("data").join("stator-format");
    let mut bytes = fs::read(&marker).unwrap();
    // docs/format/local-directory.md: eight bytes of magic, then the version, big-endian; the sum
    // of all before it last.
    bytes[9] = 99;
    let sum_at = bytes.len() - 4;
    let sum = crc32fast::hash(&bytes[..sum_at]);
    bytes[sum_at..].copy_from_slice(&sum.to_be_bytes());
    fs::write(&marker, bytes).unwrap();
    let line = refusal(serve_in(&folder.path("data")));
    assert!(line.contains("has the data format"), "{line}");
}

#[test]
fn bad_flags_are_one_line_each() {
    for (arguments, reason) in [
        (["--lisen", "x"], "unexpected argument '--lisen' found"),
        (["--listen", "8000"], "invalid value '8000' for '--listen"),
        (["--log-format", "xml"], "invalid value 'xml' for '--log-format <FORMAT>'"),
        (["--account", "123"], "an account is twelve digits"),
    ] {
        let line = refusal(serve(arguments));
        assert!(line.contains(reason), "{line}");
    }
    let mut bare = Command::new(STATOR);
    bare.arg("sevre");
    assert!(refusal(bare).contains("unrecognized subcommand 'sevre'"));
}

#[test]
fn the_environment_says_what_flags_say() {
    let mut command = Command::new(STATOR);
    command.arg("serve").env("STATOR_IN_MEMORY", "1").env("STATOR_LISTEN", "nowhere");
    let line = refusal(command);
    assert!(line.contains("invalid value 'nowhere' for '--listen"), "{line}");
}

#[tokio::test]
async fn sigterm_closes_cleanly_and_a_restart_keeps_the_data() {
    let folder = Folder::new("restart");
    let server = folder.durable().start().unwrap();
    create_table(&server).await;
    let mut connection = server.connect().await.unwrap();
    let item = json!({"id": {"S": "a"}, "text": {"S": "still here"}});
    let put = json!({"TableName": "kept", "Item": item});
    connection.expect("PutItem", &put).await.unwrap();
    server.stop().unwrap();

    let server = folder.durable().start().unwrap();
    let mut connection = server.connect().await.unwrap();
    let get = json!({"TableName": "kept", "Key": {"id": {"S": "a"}}});
    assert_eq!(connection.expect("GetItem", &get).await.unwrap(), json!({"Item": item}));
    server.stop().unwrap();
}

#[tokio::test]
async fn a_start_says_where_it_listens_and_what_protects_the_data() {
    let folder = Folder::new("banner");
    let server = folder.durable().start().unwrap();
    let address = server.address();
    server.stop().unwrap();
    let banner = folder.log();
    for part in [
        format!("http://{address}"),
        folder.path("data").display().to_string(),
        folder.path("data.key").display().to_string(),
        format!("aws dynamodb list-tables --endpoint-url http://{address}"),
        "secrets are not verified yet".to_owned(),
    ] {
        assert!(banner.contains(&part), "{part} is not in\n{banner}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_generated_key_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new("key-mode").with_data();
    let mode = fs::metadata(folder.path("data.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = fs::read_to_string(folder.path("data.key")).unwrap();
    assert_eq!(text.trim_end().len(), 64);
}

#[tokio::test]
async fn json_logs_are_one_object_a_line() {
    let folder = Folder::new("json-logs");
    let mut launch = Launch::in_memory(Path::new(STATOR), &folder.path("log"));
    launch.arguments.extend(["--log-format", "json", "--log-level", "debug"].map(Into::into));
    let server = launch.start().unwrap();
    assert_eq!(table_names(&server).await, json!([]));
    server.stop().unwrap();
    let events: Vec<serde_json::Value> = folder
        .log()
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let answered = events.iter().find(|event| event["fields"]["message"] == "answered").unwrap();
    assert_eq!(answered["fields"]["operation"], "ListTables");
    assert_eq!(answered["fields"]["request_id"].as_str().map(str::len), Some(52));
}

/// Creates the table `kept`.
async fn create_table(server: &Server) {
    let table = json!({
        "TableName": "kept",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    });
    let mut connection = server.connect().await.unwrap();
    connection.expect("CreateTable", &table).await.unwrap();
}

async fn table_names(server: &Server) -> serde_json::Value {
    let mut connection = server.connect().await.unwrap();
    connection.expect("ListTables", &json!({})).await.unwrap()["TableNames"].clone()
}

#[test]
fn a_certificate_that_cannot_be_served_is_named() {
    let folder = Folder::new("bad-certificate");
    let (certificate, key) = (folder.path("chain.pem"), folder.path("key.pem"));
    let serve_tls = || {
        let mut command = serve(["--in-memory"]);
        command.arg("--tls-cert").arg(&certificate).arg("--tls-key").arg(&key);
        refusal(command)
    };
    let line = serve_tls();
    assert!(line.starts_with(&format!("cannot read {}", certificate.display())), "{line}");

    fs::write(&certificate, "letter").unwrap();
    fs::write(&key, "letter").unwrap();
    let line = serve_tls();
    let expected = format!("cannot serve HTTPS with {}: it holds no", certificate.display());
    assert!(line.starts_with(&expected), "{line}");

    fs::write(&certificate, made_certificate().0).unwrap();
    let line = serve_tls();
    assert!(line.starts_with(&format!("cannot serve HTTPS with {}", key.display())), "{line}");

    fs::write(&key, made_certificate().1).unwrap();
    let line = serve_tls();
    assert!(line.ends_with("it is not the key of the certificate"), "{line}");
}

#[test]
fn a_certificate_needs_its_key() {
    let line = refusal(serve(["--in-memory", "--tls-cert", "chain.pem"]));
    assert!(line.contains("--tls-key"), "{line}");
}

#[test]
fn an_origin_is_checked() {
    let line = refusal(serve(["--in-memory", "--cors-origin", "app.example"]));
    assert!(line.contains("app.example is not an origin"), "{line}");
}

/// A certificate for `localhost` and its key, as files hold them.
fn made_certificate() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}
