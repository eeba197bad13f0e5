//! Money moved between two accounts, in one transaction with its ledger row.

/// What became of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Acknowledged: it must be there.
    Done,
    /// Cancelled: it must not be there.
    Refused,
    /// No answer: either.
    Doubtful,
}

/// Money moved between two accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The account that pays.
    pub from: String,
    /// The account that is paid.
    pub to: String,
    /// The amount of money.
    pub amount: i64,
    /// What became of the transfer.
    pub fate: Fate,
}
