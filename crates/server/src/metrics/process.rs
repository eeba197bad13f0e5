//! What the operating system says of this process, where it says it in files, as Linux does.

use std::fs;

use super::text::Text;

/// Writes what is known under the names that Prometheus' own libraries use.
pub(super) fn write(text: &mut Text) {
    if let Some(bytes) = resident_bytes() {
        let help = "Memory that the process takes up.";
        text.gauge("process_resident_memory_bytes", help, bytes);
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        let help = "Files and connections that the process has open.";
        text.gauge("process_open_fds", help, files.count() as u64);
    }
}

fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
