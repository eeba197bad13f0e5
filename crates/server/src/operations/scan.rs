//! Scan.

use expr::Parameter;
use model::api::{ScanInput, ScanOutput};
use model::{ApiError, ReturnConsumedCapacity};

use super::reading::{Wanted, at_most, page_operation};
use crate::pipeline::{Expressions, METERED, Reach};

page_operation!(Scan, scan, ScanInput => ScanOutput, resolve, reach);

fn resolve(input: ScanInput) -> Result<(db::Scan, ReturnConsumedCapacity), ApiError> {
    let parameters = [
        (Parameter::Filter, input.filter_expression.is_some()),
        (Parameter::Projection, input.projection_expression.is_some()),
    ];
    let (names, values) = (input.expression_attribute_names, input.expression_attribute_values);
    let mut expressions = Expressions::among(names, values, &parameters)?;
    let wanted = Wanted {
        filter_expression: input.filter_expression,
        filter: input.scan_filter,
        conditional_operator: input.conditional_operator,
        projection_expression: input.projection_expression,
        attributes_to_get: input.attributes_to_get,
    };
    let (filter, projection) = wanted.resolve(&mut expressions)?;
    expressions.finish()?;
    let request = db::Scan {
        table: input.table_name.into(),
        index: input.index_name,
        filter,
        projection,
        select: input.select,
        limit: input.limit.map(at_most),
        consistent: input.consistent_read.unwrap_or_default(),
        exclusive_start_key: input.exclusive_start_key,
        segment: input.segment.map(number),
        total_segments: input.total_segments.map(number),
        report_capacity: METERED,
    };
    Ok((request, input.return_consumed_capacity.unwrap_or_default()))
}

fn reach(_: &db::Scan) -> Reach<'_> {
    Reach::Everything
}

/// A segment's number or the number of segments: the model's constraints keep both under 1,000,001.
fn number(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
