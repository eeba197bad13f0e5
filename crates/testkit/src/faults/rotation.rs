//! Rotations of the keys, each cut off before another of its file calls.
//!
//! Whatever the cut leaves, everything is there for the next `serve`, or for another rotation and
//! then `serve`; and once the key file holds a new key, the old one opens nothing.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context, bail, ensure};
use powercut::Shadow;

use super::{Prepared, copy};
use crate::crash::Cut;

/// Who comes after the cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterCut {
    /// `stator serve`.
    Serve,
    /// `stator keys rotate`, and then `stator serve`.
    Rotate,
}

impl Prepared {
    /// How many file calls a rotation makes.
    ///
    /// # Errors
    /// A rotation that fails.
    pub fn rotation_calls(&self) -> anyhow::Result<u64> {
        self.refresh()?;
        ensure_success(&self.rotate(Some(u64::MAX), Cut::Process)?)?;
        Ok(fs::read_to_string(self.plan.calls()).context("the number of calls")?.parse()?)
    }

    /// A rotation that is cut off before its file call `at`, and what comes after.
    ///
    /// # Errors
    /// Every broken promise.
    pub async fn cut_rotation(&self, at: u64, cut: Cut, after: AfterCut) -> anyhow::Result<()> {
        self.refresh()?;
        let output = self.rotate(Some(at), cut)?;
        ensure!(output.status.code().is_none(), "call {at} of a rotation never came: {output:?}");
        if cut != Cut::Process {
            fs::remove_dir_all(self.plan.live())?;
            Shadow::survivors(&self.shadow(), &self.plan.live())?;
        }
        if after == AfterCut::Rotate {
            ensure_success(&self.rotate(None, Cut::Process)?)?;
        }
        self.check(self.history.clone()).await?;
        self.check_old_key()
    }

    /// Runs `stator keys rotate`, watched and cut off if there is a call to be cut off at.
    fn rotate(&self, at: Option<u64>, cut: Cut) -> anyhow::Result<Output> {
        let mut command = Command::new(&self.plan.binary);
        command.args(["keys", "rotate", "--data-dir"]).arg(self.plan.live().join("data"));
        if let Some(at) = at {
            command
                .env("LD_PRELOAD", &self.plan.preload)
                .env("STATOR_POWERCUT_ROOT", self.plan.live())
                .env("STATOR_FAULT_CALLS", self.plan.calls())
                .env("STATOR_FAULT_AT", at.to_string())
                .env("STATOR_FAULT_KIND", "die");
        }
        if cut != Cut::Process {
            if self.shadow().exists() {
                fs::remove_dir_all(self.shadow())?;
            }
            Shadow::seed(&self.plan.live(), &self.shadow())?;
            command.env("STATOR_POWERCUT_SHADOW", self.shadow());
        }
        command.output().context("stator keys rotate")
    }

    /// A key that is not in the key file any more opens nothing.
    fn check_old_key(&self) -> anyhow::Result<()> {
        let old = self.plan.template().join("data.key");
        let now = self.plan.live().join("data.key");
        if fs::read(&old)? == fs::read(now)? {
            return Ok(());
        }
        let mut serve = Command::new(&self.plan.binary);
        serve.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]);
        serve.arg(self.plan.live().join("data")).arg("--key-file").arg(&old);
        let refused = serve.output()?;
        let said = String::from_utf8_lossy(&refused.stderr);
        ensure!(said.contains("the key does not open"), "the old key is not refused: {said}");
        Ok(())
    }

    /// Makes the live directory the prepared one again.
    pub(super) fn refresh(&self) -> anyhow::Result<()> {
        let live = self.plan.live();
        if live.exists() {
            fs::remove_dir_all(&live)?;
        }
        copy(&self.plan.template(), &live)
    }

    fn shadow(&self) -> PathBuf {
        self.plan.home.join("shadow")
    }
}

fn ensure_success(output: &Output) -> anyhow::Result<()> {
    if !output.status.success() {
        bail!("a rotation failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
