//! Ceilings and warm throughput: what may be asked for.
//!
//! Words: ack-api-quirks, DDB-TABLE-039, -059, -128, -155 and the catalogue DDB-TABLE-442, recorded
//! against AWS, 2026-11.

use model::{ApiError, BillingMode, OnDemandThroughput, ProvisionedThroughput, WarmThroughput};

use crate::error::invalid;

/// Where the service explains what an on-demand table starts with.
const INITIAL_THROUGHPUT: &str = concat!(
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/",
    "on-demand-capacity-mode.html#on-demand-capacity-mode-initial",
);

/// Whose capacity it is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject<'a> {
    Table,
    Index(&'a str),
}

impl Subject<'_> {
    /// Checks the ceilings of something new.
    pub(super) fn check_new_ceilings(
        self,
        ceilings: Option<OnDemandThroughput>,
        mode: BillingMode,
    ) -> Result<(), ApiError> {
        let Some(ceilings) = ceilings else { return Ok(()) };
        if mode == BillingMode::Provisioned {
            self.refuse_ceilings(ceilings, "table BillingMode is PROVISIONED.")?;
        }
        self.check_range(ceilings, |units| units > 0)
    }

    /// Ceilings after a change: what it leaves out stays, and -1 is none.
    pub(super) fn changed_ceilings(
        self,
        current: Option<OnDemandThroughput>,
        change: OnDemandThroughput,
        mode: BillingMode,
    ) -> Result<Option<OnDemandThroughput>, ApiError> {
        if mode == BillingMode::Provisioned {
            self.refuse_ceilings(change, "the table BillingMode is PROVISIONED")?;
        }
        self.check_range(change, |units| units > 0 || units == -1)?;
        let current = current.unwrap_or_default();
        let merged = |change: Option<i64>, current| match change {
            Some(-1) => None,
            change => change.or(current),
        };
        let read = merged(change.read, current.read);
        let write = merged(change.write, current.write);
        let is_set = read.is_some() || write.is_some();
        Ok(is_set.then_some(OnDemandThroughput { read, write }))
    }

    /// Checks what something new is to be warm for.
    pub(super) fn new_warmth(
        self,
        wanted: Option<WarmThroughput>,
        mode: BillingMode,
        provisioned: ProvisionedThroughput,
    ) -> Result<Option<ProvisionedThroughput>, ApiError> {
        let Some(wanted) = wanted else { return Ok(None) };
        let warmth = self.raised(wanted, provisioned.warm_in(mode), |units| match mode {
            BillingMode::PayPerRequest => {
                format!("initial throughput for OnDemand. See: {INITIAL_THROUGHPUT}")
            }
            BillingMode::Provisioned => format!("{units}CapacityUnits of ProvisionedThroughput"),
        });
        warmth.map(Some)
    }

    /// What something is warm for after a change; it never cools.
    pub(super) fn changed_warmth(
        self,
        wanted: WarmThroughput,
        current: ProvisionedThroughput,
    ) -> Result<ProvisionedThroughput, ApiError> {
        self.raised(wanted, current, |_| {
            "current WarmThroughput, decreasing WarmThroughput is not supported".to_owned()
        })
    }

    /// `wanted` where it is no less than `floor`, which is worded by `floor_name`.
    fn raised(
        self,
        wanted: WarmThroughput,
        floor: ProvisionedThroughput,
        floor_name: impl Fn(&str) -> String,
    ) -> Result<ProvisionedThroughput, ApiError> {
        let whose = match self {
            Self::Table => "table".to_owned(),
            Self::Index(name) => format!("index {name}"),
        };
        let raised = |units: &str, wanted: Option<i64>, floor: u64| match wanted.map(u64::try_from)
        {
            None => Ok(floor),
            Some(Ok(wanted)) if wanted >= floor => Ok(wanted),
            Some(_) => Err(invalid(format!(
                "Requested {units}UnitsPerSecond for WarmThroughput for {whose} is lower than {}",
                floor_name(units)
            ))),
        };
        Ok(ProvisionedThroughput {
            read: raised("Read", wanted.read, floor.read)?,
            write: raised("Write", wanted.write, floor.write)?,
        })
    }

    fn refuse_ceilings(self, ceilings: OnDemandThroughput, mode: &str) -> Result<(), ApiError> {
        let whose = match self {
            Self::Table => String::new(),
            Self::Index(name) => format!(" for index: {name}"),
        };
        match members(ceilings).find(|(_, units)| units.is_some()) {
            Some((member, _)) => Err(invalid(format!(
                "{member} for OnDemandThroughput{whose} cannot be specified when {mode}"
            ))),
            None => Ok(()),
        }
    }

    fn check_range(
        self,
        ceilings: OnDemandThroughput,
        is_valid: impl Fn(i64) -> bool,
    ) -> Result<(), ApiError> {
        let whose = match self {
            Self::Table => "table".to_owned(),
            Self::Index(name) => format!("index : {name}"),
        };
        match members(ceilings).find(|(_, units)| units.is_some_and(|units| !is_valid(units))) {
            Some((member, _)) => Err(invalid(format!(
                "Requested {member} for OnDemandThroughput for {whose} is outside of valid range"
            ))),
            None => Ok(()),
        }
    }
}

fn members(ceilings: OnDemandThroughput) -> impl Iterator<Item = (&'static str, Option<i64>)> {
    [("MaxReadRequestUnits", ceilings.read), ("MaxWriteRequestUnits", ceilings.write)].into_iter()
}
