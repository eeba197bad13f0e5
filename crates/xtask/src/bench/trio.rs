//! The three servers that are measured against each other.

use std::net::SocketAddr;

use testkit::process::Server;

use super::Rig;
use super::table::Target;

/// Echo, durable and memory, side by side, in the order of [`Target::ALL`].
pub(super) struct Trio([Server; 3]);

impl Rig {
    /// Starts all three, and fills those that keep something.
    pub(super) fn trio(
        &self,
        purpose: &str,
        fill: impl Fn(&Server) -> anyhow::Result<()>,
    ) -> anyhow::Result<Trio> {
        let echo = self.launch(Target::Echo, purpose).start()?;
        let durable = self.launch(Target::Durable, purpose).start()?;
        fill(&durable)?;
        let memory = self.launch(Target::Memory, purpose).start()?;
        fill(&memory)?;
        Ok(Trio([echo, durable, memory]))
    }
}

impl Trio {
    /// Goes on with another echo.
    pub(super) fn replace_echo(&mut self, with: Server) {
        let [echo, ..] = &mut self.0;
        *echo = with;
    }

    /// Alternates between the servers, so that the machine's moods meet all of them.
    pub(super) fn rounds<M>(
        &self,
        rounds: usize,
        mut run: impl FnMut(Target, SocketAddr) -> anyhow::Result<M>,
    ) -> anyhow::Result<Vec<[M; 3]>> {
        let [echo, durable, memory] = self.0.each_ref().map(Server::address);
        let round = |_| {
            Ok([
                run(Target::Echo, echo)?,
                run(Target::Durable, durable)?,
                run(Target::Memory, memory)?,
            ])
        };
        (0..rounds).map(round).collect()
    }
}
