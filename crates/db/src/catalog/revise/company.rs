//! Which changes may stand beside each other in one request: hardly any.
//!
//! DDB-TABLE-015, -174, -359, -382 and -433 have the words, the pairs that are let pass, and which
//! message comes first.

use model::api::UpdateTableInput;
use model::{ApiError, BillingMode};

use crate::error::{invalid, validation};

/// Refuses a request that changes nothing. Definitions of attributes alone are nothing, and so is
/// an empty list of index updates.
pub(super) fn check_something_asked(update: &UpdateTableInput) -> Result<(), ApiError> {
    let members = present(update);
    if members.iter().any(|(_, present)| *present) {
        return Ok(());
    }
    Err(validation(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, \
         GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, \
         ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, \
         OnDemandThroughput, WarmThroughput or TableClass is required",
    ))
}

/// Refuses changes that do not go together.
pub(super) fn check_company(update: &UpdateTableInput) -> Result<(), ApiError> {
    check_alone(update)?;
    let comes_or_goes = update.global_secondary_index_updates.iter().flatten();
    let comes_or_goes = comes_or_goes.clone().any(|index| index.update.is_none());
    let is_provisioned = update.billing_mode == Some(BillingMode::Provisioned);
    let changes_units = update.provisioned_throughput.is_some() || is_provisioned;
    if update.stream_specification.is_some() && changes_units {
        return Err(invalid("You cannot modify stream status while updating table IOPS"));
    }
    if comes_or_goes && changes_units {
        return Err(invalid("You cannot create or delete index while updating table IOPS"));
    }
    if comes_or_goes && update.stream_specification.is_some() {
        return Err(invalid("You cannot create or delete index while changing stream status"));
    }
    match &update.global_secondary_index_updates {
        Some(indexes) if indexes.is_empty() => {
            Err(invalid("List of GlobalSecondaryIndexUpdates is empty"))
        }
        _ => Ok(()),
    }
}

/// The members that change something, and whether they are there.
fn present(update: &UpdateTableInput) -> [(Member, bool); 9] {
    let has_indexes =
        update.global_secondary_index_updates.as_ref().is_some_and(|indexes| !indexes.is_empty());
    [
        (Member::Sse, update.sse_specification.is_some()),
        (Member::TableClass, update.table_class.is_some()),
        (Member::DeletionProtection, update.deletion_protection_enabled.is_some()),
        (Member::OnDemand, update.on_demand_throughput.is_some()),
        (Member::Warm, update.warm_throughput.is_some()),
        (Member::BillingMode, update.billing_mode.is_some()),
        (Member::Throughput, update.provisioned_throughput.is_some()),
        (Member::Indexes, has_indexes),
        (Member::Stream, update.stream_specification.is_some()),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Sse,
    TableClass,
    DeletionProtection,
    OnDemand,
    Warm,
    BillingMode,
    Throughput,
    Indexes,
    Stream,
}

fn check_alone(update: &UpdateTableInput) -> Result<(), ApiError> {
    let members = present(update).into_iter().filter(|(_, present)| *present);
    let members: Vec<Member> = members.map(|(member, _)| member).collect();
    let Some((first, others)) = members.split_first() else { return Ok(()) };
    let alone = |what| match others {
        [] => Ok(()),
        _ => Err(invalid(format!("{what} must be the only operation in the request"))),
    };
    match first {
        Member::Sse => alone("Server-Side Encryption modification"),
        Member::TableClass => alone("TableClass modification"),
        Member::DeletionProtection => alone("DeletionProtection modification"),
        Member::OnDemand if others.iter().any(|member| !goes_with_ceilings(*member)) => {
            Err(invalid(
                "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request",
            ))
        }
        Member::Warm if creates_index(update) => Err(invalid(
            "Create global secondary index cannot be specified when updating WarmThroughput",
        )),
        Member::Warm => alone("WarmThroughput"),
        _ => Ok(()),
    }
}

/// Index updates may have ceilings of their own.
fn goes_with_ceilings(member: Member) -> bool {
    matches!(member, Member::BillingMode | Member::Indexes)
}

fn creates_index(update: &UpdateTableInput) -> bool {
    update.global_secondary_index_updates.iter().flatten().any(|index| index.create.is_some())
}
