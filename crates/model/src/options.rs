//! What a request asks to have reported besides its result. Names are the wire's.

/// Which attributes a write answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReturnValues {
    /// Nothing.
    #[default]
    None,
    /// The whole item before the write.
    AllOld,
    /// The updated attributes before the write.
    UpdatedOld,
    /// The whole item after the write.
    AllNew,
    /// The updated attributes after the write.
    UpdatedNew,
}

/// Whether a failed condition shows the item that failed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReturnValuesOnConditionCheckFailure {
    /// The failure shows nothing.
    #[default]
    None,
    /// The failure shows the whole item.
    AllOld,
}

/// How finely consumed capacity is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReturnConsumedCapacity {
    /// Not at all.
    #[default]
    None,
    /// One figure per table.
    Total,
    /// The table's own share and each index's.
    Indexes,
}

/// Whether a write estimates the size of its item collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReturnItemCollectionMetrics {
    /// No estimate.
    #[default]
    None,
    /// The answer has an estimate.
    Size,
}

/// Which attributes Query and Scan answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Select {
    /// Every attribute of the base table.
    AllAttributes,
    /// Every attribute the index carries.
    AllProjectedAttributes,
    /// Those a projection names.
    SpecificAttributes,
    /// None; how many items match.
    Count,
}
