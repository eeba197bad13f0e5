//! Whose tables a command is about, where nothing else says so.

use clap::Args;
use model::Scope;

/// Flags that say which account and region. Each command has words of its own for what they mean.
#[derive(Debug, Args)]
pub(super) struct ScopeArguments {
    /// Region of the tables
    #[arg(long, env = "STATOR_REGION", value_name = "REGION", default_value = "us-east-1")]
    region: String,
    /// Account of the tables
    #[arg(
        long,
        env = "STATOR_ACCOUNT",
        value_name = "ACCOUNT",
        default_value = "000000000000",
        value_parser = account
    )]
    account: String,
}

impl ScopeArguments {
    pub(super) fn into_scope(self) -> Scope {
        Scope { account: self.account, region: self.region }
    }
}

fn account(text: &str) -> Result<String, &'static str> {
    let twelve_digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if twelve_digits { Ok(text.to_owned()) } else { Err("an account is twelve digits") }
}
