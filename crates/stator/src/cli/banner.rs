//! What a start tells the person who started it.

use std::fmt::Write as _;
use std::io::Write as _;

use crate::{Stator, StorageInfo};

/// Prints the banner to standard output.
pub(super) fn print(stator: &Stator) {
    // A closed standard output keeps nobody from being served.
    let _ = std::io::stdout().write_all(text(stator).as_bytes());
}

fn text(stator: &Stator) -> String {
    let mut text = format!("Stator {} is ready.\n\n", env!("CARGO_PKG_VERSION"));
    let mut line = |label: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {label:<11} {value}");
    };
    for (index, address) in stator.addresses().iter().enumerate() {
        line(if index == 0 { "listens on" } else { "" }, &stator.url(*address));
    }
    if let Some(error) = stator.without_ipv6() {
        line("", &format!("(not on [::1]: {error})"));
    }
    for address in stator.admin_addresses() {
        line("metrics", &format!("{}/metrics", stator.url(*address)));
    }
    match stator.storage() {
        StorageInfo::Memory => line("data", "in memory; it ends with this process"),
        StorageInfo::Directory { data_dir, key_file, key_is_new } => {
            line("data", &data_dir.display().to_string());
            line("encrypted", "AES-256-GCM, keys and values, from the first byte");
            let new =
                if *key_is_new { " (new: keep a copy, without it the data is lost)" } else { "" };
            line("key file", &format!("{}{new}", key_file.display()));
            line("", "protects copies of the data directory made without the key file: backups,");
            line("", "images, discs sent away; not a machine on which both can be read");
        }
    }
    line("signatures", "presence and form are checked, secrets are not verified yet:");
    line("", "whoever reaches the port may read and write everything; policies of");
    line("", "tables and streams are kept and shown, and not enforced yet");
    // Complete as it stands: the tool wants a region and credentials, whichever they are.
    line("try", "AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any \\");
    let endpoint = stator.endpoint();
    line("", &format!("aws dynamodb list-tables --endpoint-url {endpoint} --region us-east-1"));
    text.push('\n');
    text
}
