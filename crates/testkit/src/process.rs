//! The real binary as a child process.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::http::Connection;

/// How long a server may take to answer for the first time before it counts as hung.
const START_MAX: Duration = Duration::from_secs(60);
/// An address whose port the server finds itself: a port that was free a moment ago may not be.
const ANY_PORT: &str = "127.0.0.1:0";
/// How often a server that starts is asked.
const START_POLL: Duration = Duration::from_micros(100);
/// The unit of Linux's `/proc/PID/stat` (proc_pid_stat(5): `sysconf(_SC_CLK_TCK)`, 100 a second on
/// every processor that Stator is built for).
const TICK: Duration = Duration::from_millis(10);

/// How to start a server.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The binary.
    pub binary: PathBuf,
    /// Its arguments, without `--listen`.
    pub arguments: Vec<OsString>,
    /// Environment variables besides the inherited ones.
    pub environment: Vec<(OsString, OsString)>,
    /// The directory that it starts in, if not this process's own.
    pub directory: Option<PathBuf>,
    /// The file that receives what it prints.
    pub log: PathBuf,
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    /// From before the process was spawned to its first answer.
    pub first_answer_after: Duration,
}

impl Launch {
    /// `stator serve` on the durable engine, with its data in `data_dir`.
    pub fn durable(binary: &Path, data_dir: &Path, log: &Path) -> Self {
        let arguments = ["serve".into(), "--data-dir".into(), data_dir.into()];
        Self::new(binary, arguments, log)
    }

    /// `stator serve --in-memory`.
    pub fn in_memory(binary: &Path, log: &Path) -> Self {
        Self::new(binary, ["serve".into(), "--in-memory".into()], log)
    }

    /// Any server that takes `--listen ADDRESS`, prints its URL, and answers `GET /`.
    pub fn new(binary: &Path, arguments: impl IntoIterator<Item = OsString>, log: &Path) -> Self {
        Self {
            binary: binary.to_path_buf(),
            arguments: arguments.into_iter().collect(),
            environment: Vec::new(),
            directory: None,
            log: log.to_path_buf(),
        }
    }

    /// Starts the server on a port that it chooses, and waits for its first answer, blocking its
    /// thread.
    ///
    /// # Errors
    /// A server that exits or hangs instead; the message holds what it printed.
    pub fn start(&self) -> anyhow::Result<Server> {
        self.start_with(&["--listen", ANY_PORT], || announced(&self.printed()))
    }

    /// Starts a server whose arguments already say that it listens on `address`.
    ///
    /// # Errors
    /// As [`Launch::start`].
    pub fn start_at(&self, address: SocketAddr) -> anyhow::Result<Server> {
        self.start_with(&[], || Some(address))
    }

    fn start_with(
        &self,
        further_arguments: &[&str],
        address: impl Fn() -> Option<SocketAddr>,
    ) -> anyhow::Result<Server> {
        let log = File::create(&self.log).context("the server's log")?;
        let begun = Instant::now();
        let mut command = Command::new(&self.binary);
        command
            .args(&self.arguments)
            .args(further_arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| self.binary.display().to_string())?;
        match self.first_answer(&mut child, begun, address) {
            Ok(address) => Ok(Server { child, address, first_answer_after: begun.elapsed() }),
            Err(error) => {
                end(&mut child);
                Err(error)
            }
        }
    }

    /// Waits until it is known where the server listens, and it answers there.
    fn first_answer(
        &self,
        child: &mut Child,
        begun: Instant,
        address: impl Fn() -> Option<SocketAddr>,
    ) -> anyhow::Result<SocketAddr> {
        loop {
            if let Some(address) = address().filter(|at| answers(*at)) {
                return Ok(address);
            }
            if let Some(status) = child.try_wait()? {
                bail!("the server ended with {status}: {}", self.printed());
            }
            if begun.elapsed() > START_MAX {
                bail!("the server does not answer: {}", self.printed());
            }
            std::thread::sleep(START_POLL);
        }
    }

    fn printed(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Server {
    /// The address that the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A new connection.
    ///
    /// # Errors
    /// Those of the socket.
    pub async fn connect(&self) -> std::io::Result<Connection> {
        Connection::open(self.address).await
    }

    /// Ends it as `kill -9` does, and waits until it is gone.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn kill(mut self) -> std::io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    /// Asks it to end by SIGTERM, and waits until it is gone.
    ///
    /// # Errors
    /// Those of the operating system; an exit code other than 0.
    pub fn stop(mut self) -> anyhow::Result<()> {
        let status = self.end()?;
        if !status.success() {
            bail!("the server ended with {status}");
        }
        Ok(())
    }

    /// As [`Server::stop`], whatever the exit code, which is the answer.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn end(&mut self) -> anyhow::Result<ExitStatus> {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().context("kill -TERM")?;
        Ok(self.child.wait()?)
    }

    /// The server's process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The server's resident memory, in bytes.
    ///
    /// # Errors
    /// A system without `/proc`.
    pub fn resident_bytes(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")).context("VmRSS")?;
        Ok(kibibytes.trim().parse::<u64>()? * 1024)
    }

    /// The processor time that the server's threads have taken, those that have ended left out.
    ///
    /// # Errors
    /// A system without `/proc`, or whose kernel does not count it.
    pub fn processor_time(&self) -> anyhow::Result<Duration> {
        let mut nanoseconds = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let counted = fs::read_to_string(thread?.path().join("schedstat"))?;
            let running = counted.split(' ').next().context("schedstat")?;
            nanoseconds += running.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// The processor time that the server has taken since its start, with its threads that have
    /// ended, to a hundredth of a second.
    ///
    /// # Errors
    /// A system without `/proc`.
    pub fn whole_processor_time(&self) -> anyhow::Result<Duration> {
        let counted = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        ticks(&counted).map(|ticks| TICK * ticks).context("utime and stime")
    }
}

/// The ticks in `/proc/PID/stat` that a process took in its own code and in the kernel's.
fn ticks(stat: &str) -> Option<u32> {
    // The program's name, in brackets, may have spaces.
    let (_, behind_name) = stat.rsplit_once(')')?;
    let mut counted = behind_name.split_whitespace().skip(11);
    let mut next = || counted.next()?.parse::<u32>().ok();
    Some(next()? + next()?)
}

/// An address of this machine that nobody listens on at the moment, for a server that cannot choose
/// its port.
///
/// # Errors
/// Those of the socket.
pub fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind(ANY_PORT)?.local_addr()
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Makes sure that the process is gone.
fn end(child: &mut Child) {
    // Both fail when it is gone already, which is what was wanted.
    let _ = child.kill();
    let _ = child.wait();
}

/// The address in the first URL that a server prints.
fn announced(printed: &str) -> Option<SocketAddr> {
    let (_, url) = printed.split_once("http://")?;
    let (address, _) = url.split_once(char::is_whitespace)?;
    address.parse().ok()
}

/// Whether `GET /` is answered.
fn answers(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let asked = stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    asked.is_ok() && stream.read_exact(&mut [0]).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{announced, ticks};

    #[test]
    fn the_address_is_read_once_its_line_is_complete() {
        let banner = "Stator is ready.\n\n  listens on  http://127.0.0.1:8765";
        assert_eq!(announced(banner), None);
        let address = announced(&format!("{banner}\n  try  it --at http://127.0.0.1:1\n"));
        assert_eq!(address.unwrap().to_string(), "127.0.0.1:8765");
    }

    #[test]
    fn ticks_are_found_behind_any_name() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194304 100 0 2 0 31 12 0 0 20 0 3 0 5 6 7";
        assert_eq!(ticks(stat), Some(43));
        assert_eq!(ticks("7 (a) S 1"), None);
    }
}
